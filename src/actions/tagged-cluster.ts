import { fail, ok, type Result } from '../domain/result.js'
import type { Cluster } from '../fleet/fleet.js'
import type { Look } from '../providers/look.js'

/** That cluster, where its proxies are found by tags: where they are a list, nothing launched or parked is seen. */
export const taggedCluster = (name: string, { fleet }: Pick<Look, 'fleet'>): Result<Cluster> => {
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
    `the proxies of ${name} are a list in the fleet file, in which nothing that is launched or parked would be seen`,
    'do it by hand, and skip the step',
  )
}
