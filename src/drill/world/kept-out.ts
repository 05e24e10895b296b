import type { Block } from './block.js'
import { blocksAt } from './blocks.js'
import { sharesOf } from './clients.js'
import { emptySince } from './empty.js'
import { once } from './once.js'
import { HALF_LIFE_MS } from './paces.js'
import { type Fate, fatesOf, isBlockedAt, partHeld } from './stay.js'
import type { World, WorldInstance } from './world.js'

// What rules leave of the clients of a frontend: parts from 0 to 1 of what they would be without rules.

/** Of their connections: those of who is kept out go slowly. */
export const partConnected = (world: World, host: WorldInstance, frontend: string, t: number): number =>
  partOf(world, host, frontend, t, (_, held) => held)

/** Of those who can rely on it: who is kept out is badly off from the first moment, and until all is as before. */
export const partServed = (world: World, host: WorldInstance, frontend: string, t: number): number =>
  partOf(world, host, frontend, t, (blocks, held) => (isBlockedAt(blocks, t) ? 0 : held))

const partOf = (
  world: World,
  host: WorldInstance,
  frontend: string,
  t: number,
  left: (blocks: readonly Block[], held: number) => number,
): number => {
  const fates = keptOut(world, host, frontend)
  if (fates.length === 0) return 1
  const at = { t, halfLife: HALF_LIFE_MS.client, empty: emptySince(world, host, frontend, t) ?? t }
  return fates.reduce((part, { share, blocks }) => part - share * (1 - left(blocks, partHeld(blocks, at))), 1)
}

const worked = once<readonly Fate[]>()

const keptOut = (world: World, host: WorldInstance, frontend: string): readonly Fate[] =>
  worked(world, `${host.id} ${frontend}`, () => {
    const cluster = world.clusters[host.cluster]
    const blocked = blocksAt(world, host, frontend)
    return cluster === undefined || blocked.size === 0 ? [] : fatesOf(blocked, sharesOf(world.seed, cluster))
  })
