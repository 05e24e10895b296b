import { clientsOf } from './clients.js'
import { instancesOf } from './instances.js'
import { sessionsOf } from './sessions.js'
import type { World, WorldCluster } from './world.js'

/** Before anything goes wrong, and after the fleet was launched. */
const BEFORE_MS = 7 * 86_400_000

/**
 * Who comes to the proxies of a cluster on a calm day, and how many connections each holds at one moment of it. Who has
 * none just then comes at another one, and holds one.
 */
export const clientsOnCalmDay = (world: World, cluster: WorldCluster): ReadonlyMap<string, number> => {
  const seen = new Map<string, number>()
  for (const host of instancesOf(world, cluster.name, 'proxy'))
    for (const { address } of sessionsOf(world, host, world.epoch - BEFORE_MS))
      seen.set(address, (seen.get(address) ?? 0) + 1)
  return new Map(clientsOf(world.seed, cluster).map(({ address }) => [address, seen.get(address) ?? 1]))
}
