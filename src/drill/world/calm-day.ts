import { instancesOf } from './instances.js'
import { sessionsOf } from './sessions.js'
import type { World } from './world.js'

/** Before anything goes wrong, and after the fleet was launched. */
const BEFORE_MS = 7 * 86_400_000

/** Who has connections at the proxies of a cluster on a calm day, and how many. */
export const clientsOnCalmDay = (world: World, cluster: string): ReadonlyMap<string, number> => {
  const seen = new Map<string, number>()
  for (const host of instancesOf(world, cluster, 'proxy'))
    for (const { address } of sessionsOf(world, host, world.epoch - BEFORE_MS))
      seen.set(address, (seen.get(address) ?? 0) + 1)
  return seen
}
