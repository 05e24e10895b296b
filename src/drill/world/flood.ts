import { blocksAt } from './blocks.js'
import { upAt } from './crowd.js'
import { emptySince } from './empty.js'
import { once } from './once.js'
import { HALF_LIFE_MS } from './paces.js'
import { clientsWanting } from './presence.js'
import { type Fate, fatesOf, partHeld } from './stay.js'
import type { Flood, World, WorldInstance } from './world.js'

// What floods hold at a frontend, as multiples of its calm connections. They go wherever clients are led.

/** Of all that befall its cluster, after rules. */
export const floodLoad = (world: World, host: WorldInstance, frontend: string, t: number): number =>
  floodsOf(world, host).reduce((sum, flood) => {
    const wanted = floodWanted(world, flood, host, frontend, t)
    return wanted === 0 ? sum : sum + wanted * partIn(world, flood, host, frontend, t)
  }, 0)

export const floodsOf = (world: World, { cluster }: WorldInstance): readonly Flood[] =>
  world.floods.filter(flood => flood.cluster === cluster)

/** Of one, if no rule kept any of its sources out. */
export const floodWanted = (
  world: World,
  flood: Flood,
  host: WorldInstance,
  frontend: string,
  t: number,
): number => {
  const wanted = (at: number): number => {
    const up = upAt(flood, at)
    return up === 0 ? 0 : flood.factor * up * clientsWanting(world, host, frontend, at, HALF_LIFE_MS.flood)
  }
  const limit = host.rateLimits.findLast(({ at }) => at <= t)
  const calm = world.clusters[host.cluster]?.calm
  if (limit === undefined || limit.limit === 0 || calm === undefined) return wanted(t)
  // What is let in each second, held for as long as such a connection is held, is all that can stay.
  const steady = (limit.limit * MEAN_LIFE_S) / calm
  const above = Math.max(0, wanted(limit.at) - steady)
  return Math.min(wanted(t), steady + above * 0.5 ** ((t - limit.at) / HALF_LIFE_MS.flood))
}

const MEAN_LIFE_S = HALF_LIFE_MS.flood / 1_000 / Math.LN2

/** The part, 0 to 1, that rules leave of it: each source holds as much as any other. */
const partIn = (world: World, flood: Flood, host: WorldInstance, frontend: string, t: number): number => {
  const fates = keptOut(world, flood, host, frontend)
  if (fates.length === 0) return 1
  const at = { t, halfLife: HALF_LIFE_MS.flood, empty: emptySince(world, host, frontend, t) ?? t }
  return fates.reduce((part, { share, blocks }) => part - share * (1 - partHeld(blocks, at)), 1)
}

const worked = once<readonly Fate[]>()

const keptOut = (world: World, flood: Flood, host: WorldInstance, frontend: string): readonly Fate[] =>
  worked(world, `${world.floods.indexOf(flood)} ${host.id} ${frontend}`, () => {
    const share = 1 / flood.sources.length
    return fatesOf(
      blocksAt(world, host, frontend),
      flood.sources.map(address => ({ address, share })),
    )
  })
