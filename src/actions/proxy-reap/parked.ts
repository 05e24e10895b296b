import { fail, ok, type Result } from '../../domain/result.js'
import { STATE_TAG } from '../../fleet/discovery.js'
import type { Cluster } from '../../fleet/fleet.js'
import type { Ec2, Instance } from '../../providers/contract.js'
import type { Look } from '../../providers/look.js'

/** That cluster, where its proxies are found by tags: nothing else can be parked. */
export const clusterOf = (name: string, { fleet }: Pick<Look, 'fleet'>): Result<Cluster> => {
  const cluster = Object.hasOwn(fleet.clusters, name) ? fleet.clusters[name] : undefined
  if (!cluster)
    return fail(
      'fleet.unknown-cluster',
      `no cluster is named "${name}"`,
      `the fleet file has: ${Object.keys(fleet.clusters).join(', ')}`,
    )
  if (cluster.proxies.discover.kind === 'ec2') return ok(cluster)
  return fail(
    'plan.impossible',
    `the proxies of ${name} are a list in the fleet file: firebreak parks none of them`,
    'skip the step',
  )
}

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

/** Of an instance that an Auto Scaling group launched; AWS sets it, and nobody else can. */
const GROUP_TAG = 'aws:autoscaling:groupName'

export const groupOf = ({ tags }: Pick<Instance, 'tags'>): string | undefined => tags[GROUP_TAG]
