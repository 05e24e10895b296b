import { ok, type Result } from '../../domain/result.js'
import { STATE_TAG } from '../../fleet/discovery.js'
import type { Cluster } from '../../fleet/fleet.js'
import type { Ec2, Instance } from '../../providers/contract.js'

/** Every proxy of the cluster that EC2 shows, in service or not: discovery passes over those that are not. */
export const proxiesOf = async ({ proxies }: Cluster, ec2: Ec2): Promise<Result<readonly Instance[]>> => {
  const tags = proxies.discover.kind === 'ec2' ? Object.entries(proxies.discover.tags) : []
  const filters = tags.map(([key, value]) => ({ name: `tag:${key}`, values: [value] }))
  const found = await ec2.describeInstances({ filters })
  return found.ok ? ok(found.value.toSorted((a, b) => (a.id < b.id ? -1 : 1))) : found
}

/** EC2 shows it for about an hour after that. */
export const hasEnded = ({ state }: Pick<Instance, 'state'>): boolean =>
  state === 'shutting-down' || state === 'terminated'

export const isParked = ({ tags }: Pick<Instance, 'tags'>): boolean => tags[STATE_TAG.key] === STATE_TAG.parked
