import type { Target } from '../../fleet/inventory.js'
import { type Examination, ofFleet, type WithFleet } from './contract.js'
import { type Complaint, complaintOf, reachAll } from './reach.js'

/** Of every shard: whether it answers, and whether it may be flushed. */
export const shardRows: Examination = {
  name: 'shards',
  examine: ofFleet(async ({ fleet, look }) => {
    const rows = Object.values(fleet.clusters)
      .filter(({ shards }) => shards !== undefined)
      .map(({ name }) =>
        reachAll({
          cluster: name,
          role: 'shard',
          look,
          examine: target => examineShard(target, look),
          well: 'answer, and may be flushed',
        }),
      )
    return (await Promise.all(rows)).flat()
  }),
}

const examineShard = async (
  { data }: Target,
  { providers }: WithFleet['look'],
): Promise<readonly Complaint[]> => {
  const shard = providers.memcached(data)
  const [version, settings] = await Promise.all([shard.version(), shard.stats('settings')])
  if (!version.ok) return [complaintOf(version.failure)]
  if (!settings.ok) return [complaintOf(settings.failure)]
  if (settings.value.flush_enabled !== 'no') return []
  return [
    {
      severity: 'warn',
      detail: 'Its memcached was started with -F: it refuses to be flushed.',
      next: 'Start it without -F, or know that a flush leaves it out.',
    },
  ]
}
