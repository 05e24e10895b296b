import { noCapacity, type PlanDraft } from '../../domain/plan.js'
import { fail, ok, type Result } from '../../domain/result.js'
import type { Instance } from '../../providers/contract.js'
import type { Look } from '../../providers/look.js'
import { terminateByHand } from '../proxy-life/by-hand.js'
import { TAG } from '../proxy-life/launch.js'
import { taggedCluster } from '../tagged-cluster.js'
import { changesFor } from './changes.js'
import { type Judged, judge } from './objections.js'
import { hasEnded, isParked, proxiesOf } from './parked.js'
import type { Input } from './schema.js'

/** What reaping would end now: of the named ones all or nothing, else those that nothing speaks against. */
export const plan = async (input: Input, look: Look): Promise<Result<PlanDraft>> => {
  const cluster = taggedCluster(input.cluster, look)
  if (!cluster.ok) return cluster
  const ec2 = await look.providers.ec2()
  if (!ec2.ok) return ec2
  const known = await proxiesOf(cluster.value, ec2.value)
  if (!known.ok) return known
  const chosen = input.proxies ? named(input.proxies, input.cluster, known.value) : ok(ours(known.value))
  if (!chosen.ok) return chosen
  const bench = { cluster: cluster.value, ec2: ec2.value, look, olderThan: input.older_than }
  const judged = await judge(chosen.value.instances, bench)
  if (!judged.ok) return judged
  const fit = fitOf(input, judged.value)
  return fit.ok ? ok(draft(input.cluster, fit.value, chosen.value.remarks)) : fit
}

type Chosen = { readonly instances: readonly Instance[]; readonly remarks: readonly string[] }

const named = (ids: readonly string[], cluster: string, known: readonly Instance[]): Result<Chosen> => {
  const found = known.filter(({ id }) => ids.includes(id))
  const lost = ids.filter(id => !found.some(one => one.id === id))
  if (lost.length > 0)
    return fail(
      'plan.impossible',
      `EC2 shows no proxy ${lost.join(', ')} of ${cluster}`,
      'compare the ids with its parked proxies; what ended more than an hour ago is not shown any more',
    )
  const ended = found.filter(hasEnded)
  return ok({
    instances: found.filter(one => !hasEnded(one)),
    remarks: ended.map(({ id, state }) => `${id} is ${state} already`),
  })
}

/** What somebody tagged by hand is somebody's: it has to be named. */
const ours = (known: readonly Instance[]): Chosen => {
  const parked = known.filter(one => isParked(one) && !hasEnded(one))
  const isOurs = ({ tags }: Instance): boolean => tags[TAG.incident] !== undefined
  return {
    instances: parked.filter(isOurs),
    remarks: parked
      .filter(one => !isOurs(one))
      .map(
        ({ id }) => `left out: ${id} is parked, and not by firebreak; name it under \`proxies\` if it may go`,
      ),
  }
}

const fitOf = (input: Input, judged: readonly Judged[]): Result<readonly Judged[]> => {
  const objections = judged.flatMap(({ objection }) => objection ?? [])
  if (judged.length === 0)
    return fail(
      'plan.nothing-to-do',
      `no proxy of ${input.cluster} is parked that could be terminated`,
      'go on',
    )
  if (objections.length === judged.length || (input.proxies && objections.length > 0))
    return fail(
      'plan.impossible',
      objections.join('; '),
      'put right what is said, or name under `proxies` those that nothing speaks against',
    )
  return ok(judged)
}

const draft = (cluster: string, judged: readonly Judged[], remarks: readonly string[]): PlanDraft => {
  const instances = judged.filter(({ objection }) => objection === undefined).map(({ instance }) => instance)
  const ids = instances.map(({ id }) => id)
  const incidents = [...new Set(instances.flatMap(({ tags }) => tags[TAG.incident] ?? []))]
  return {
    summary: `Terminate ${ids.length} parked ${ids.length === 1 ? 'proxy' : 'proxies'} of ${cluster}: ${ids.join(', ')}`,
    changes: changesFor(instances),
    blast: noCapacity(true),
    facts: [],
    warnings: [
      ...judged.flatMap(({ doubt }) => doubt ?? []),
      ...judged.flatMap(({ objection }) => (objection === undefined ? [] : [`left out: ${objection}`])),
      ...remarks,
    ],
    undo: [
      'a termination cannot be undone',
      ...incidents.map(id => `what ${id} did with them can then no longer be taken back either`),
    ],
    confirm: ids.length === 1 ? `${ids[0]}` : `${cluster} ${ids.length}`,
    predicted: { reaped: ids },
    commands: ids.map(terminateByHand),
    locks: [`cluster:${cluster}`],
  }
}
