import { formatDuration } from '../../domain/duration.js'
import type { Inventory } from '../../fleet/inventory.js'
import { type Examination, type Finding, ofFleet, type WithFleet } from './contract.js'

/** Groups of targets, as the fleet file has them. */
const groupsOf = ({ fleet }: Pick<WithFleet, 'fleet'>) =>
  Object.values(fleet.clusters).flatMap(({ name, shards }) => [
    { cluster: name, role: 'proxy' as const },
    ...(shards ? [{ cluster: name, role: 'shard' as const }] : []),
  ])

export const inventoryRows: Examination = {
  name: 'inventory',
  examine: ofFleet(async patient =>
    Promise.all(
      groupsOf(patient).map(async ({ cluster, role }): Promise<Finding> => {
        const target = `${cluster} ${role === 'proxy' ? 'proxies' : 'shards'}`
        const found = await patient.look.discover(cluster, role)
        return found.ok
          ? { target, ...judge(found.value, patient.look.clock.now()) }
          : { state: 'fail', target, detail: found.failure.message, next: found.failure.next }
      }),
    ),
  ),
}

const judge = ({ targets, source, at, because }: Inventory, now: number): Finding => {
  if (targets.length === 0)
    return {
      state: 'fail',
      detail: 'none was found',
      next: 'compare the tags under `discover` with those of the instances',
    }
  if (source !== 'saved')
    return { state: 'ok', detail: `${targets.length}, ${source === 'ec2' ? 'found by EC2' : 'listed by name'}` }
  return {
    state: 'warn',
    detail: `${targets.length}, from an inventory of ${formatDuration(now - at)} ago: ${because ?? 'EC2 cannot be asked'}`,
    next: 'mend the access to EC2 while the last inventory is young',
  }
}
