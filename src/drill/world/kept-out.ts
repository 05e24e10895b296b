import { blocksAt } from './blocks.js'
import { sharesOf } from './clients.js'
import { once } from './once.js'
import { HALF_LIFE_MS } from './paces.js'
import { type Fate, fatesOf, isBlockedAt, partHeld } from './stay.js'
import type { World, WorldInstance } from './world.js'

// What rules leave of the clients of a frontend: parts from 0 to 1 of what they would be without rules.

/** Of their connections: those of who is kept out go slowly. */
export const partConnected = (world: World, host: WorldInstance, frontend: string, t: number): number =>
  keptOut(world, host, frontend).reduce(
    (part, { share, blocks }) => part - share * (1 - partHeld(blocks, t, HALF_LIFE_MS.client)),
    1,
  )

/** Of those who can rely on it: who is kept out is badly off from the first moment, and until all is as before. */
export const partServed = (world: World, host: WorldInstance, frontend: string, t: number): number =>
  keptOut(world, host, frontend).reduce((part, { share, blocks }) => {
    const served = isBlockedAt(blocks, t) ? 0 : partHeld(blocks, t, HALF_LIFE_MS.client)
    return part - share * (1 - served)
  }, 1)

const worked = once<readonly Fate[]>()

const keptOut = (world: World, host: WorldInstance, frontend: string): readonly Fate[] =>
  worked(world, `${host.id} ${frontend}`, () => {
    const cluster = world.clusters[host.cluster]
    const blocked = blocksAt(world, host, frontend)
    return cluster === undefined || blocked.size === 0 ? [] : fatesOf(blocked, sharesOf(world.seed, cluster))
  })
