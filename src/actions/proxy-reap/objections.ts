import { formatDuration } from '../../domain/duration.js'
import { epochMs } from '../../domain/instant.js'
import { ok, type Result } from '../../domain/result.js'
import { STATE_TAG } from '../../fleet/discovery.js'
import type { Cluster } from '../../fleet/fleet.js'
import { instanceTarget } from '../../fleet/target.js'
import type { Ec2, Instance } from '../../providers/contract.js'
import type { Look } from '../../providers/look.js'
import { groupOf } from '../auto-scaling.js'
import { TAG } from '../proxy-life/launch.js'
import { sessionsOn } from '../proxy-life/sessions.js'
import { isParked } from './parked.js'

/** What speaks against terminating it; and what cannot be known, which does not. */
export type Judged = {
  readonly instance: Instance
  readonly objection?: string
  readonly doubt?: string
}

export type Bench = {
  readonly cluster: Cluster
  readonly ec2: Ec2
  readonly look: Look
  /** Milliseconds that it must have been parked for. */
  readonly olderThan: number | undefined
}

/** Each in the light of its tags, of the addresses that EC2 has, and of its own runtime API. */
export const judge = async (
  instances: readonly Instance[],
  { cluster, ec2, look, olderThan }: Bench,
): Promise<Result<readonly Judged[]>> => {
  const addresses = instances.length === 0 ? ok([]) : await addressesOf(instances, ec2)
  if (!addresses.ok) return addresses
  const one = async (instance: Instance): Promise<Judged> => {
    const address = addresses.value.find(({ instanceId }) => instanceId === instance.id)
    const objection =
      byTags(instance) ??
      byAge(instance, olderThan, look.clock.now()) ??
      (address &&
        `${instance.id} still holds the elastic IP ${address.publicIp}, by which clients may reach it`)
    return objection === undefined
      ? { instance, ...(await bySessions(instance, cluster, look)) }
      : { instance, objection }
  }
  return ok(await Promise.all(instances.map(one)))
}

const addressesOf = (instances: readonly Instance[], ec2: Ec2) =>
  ec2.describeAddresses([{ name: 'instance-id', values: instances.map(({ id }) => id) }])

const byTags = (instance: Instance): string | undefined => {
  const { id, tags } = instance
  if (!isParked(instance))
    return `${id} is not parked: its ${STATE_TAG.key} is ${tags[STATE_TAG.key] ?? 'not set'}`
  const group = groupOf(instance)
  return (
    group &&
    `${id} is in the Auto Scaling group ${group}, which would launch another in its place: detach it first`
  )
}

const byAge = ({ id, tags }: Instance, olderThan: number | undefined, now: number): string | undefined => {
  if (olderThan === undefined) return undefined
  const since = epochMs(tags[TAG.since] ?? '')
  if (Number.isNaN(since)) return `since when ${id} is parked is not known: it has no tag ${TAG.since}`
  if (now - since > olderThan) return undefined
  return `${id} has been parked for ${formatDuration(now - since)} only, not for more than ${formatDuration(olderThan)}`
}

/** A proxy that was parked because it is dead does not answer; nobody can be on a HAProxy that does not run. */
const bySessions = async (
  instance: Instance,
  cluster: Cluster,
  look: Look,
): Promise<Omit<Judged, 'instance'>> => {
  if (instance.state !== 'running') return {}
  const { admin } = instanceTarget({ cluster, role: 'proxy', definition: cluster.proxies }, instance)
  const sessions = await sessionsOn({ cluster: cluster.name, admin: admin ?? '' }, look)
  if (!sessions.ok)
    return { doubt: `whether clients are still on ${instance.id} is not known: ${sessions.failure.message}` }
  if (sessions.value === 0) return {}
  return {
    objection: `${instance.id} still has ${sessions.value} client sessions: shut them, or wait until they are gone`,
  }
}
