import { between, unit } from '../random.js'
import type { Blocks } from './block.js'
import { blocksAt } from './blocks.js'
import { GOLDEN } from './clients.js'
import { emptySince } from './empty.js'
import { floodsOf, floodWanted } from './flood.js'
import { seatsFor } from './load.js'
import { once } from './once.js'
import { COMING_MS, HALF_LIFE_MS } from './paces.js'
import { closedSince } from './presence.js'
import type { Seat } from './seat.js'
import { sinceAt } from './stay.js'
import type { Flood, World, WorldInstance } from './world.js'

/** Numbers of a flood's sessions begin so far apart that none is a client's, or another flood's. */
const APART = 100_000_000

/** Sessions of whoever floods a frontend; `room`: how many its limit leaves to them. */
export const floodSeats = (
  world: World,
  host: WorldInstance,
  frontend: string,
  { t, room }: { readonly t: number; readonly room: number },
): readonly Seat[] => {
  const counts = countsOf(world, host, frontend, t)
  const cluster = world.clusters[host.cluster]
  const place = {
    ...{ seed: world.seed, host, frontend, t, blocked: blocksAt(world, host, frontend) },
    share: cluster === undefined ? 1 : cluster.calm / cluster.frontends.length,
    start: unit(world.seed, 'flood-start', host.id, frontend),
    empty: emptySince(world, host, frontend, t) ?? t,
    closed: closedSince(world, host, frontend, t) ?? t,
  }
  return counts
    .flatMap(({ flood, count }, nth) => {
      const of = { ...place, flood, first: (nth + 1) * APART }
      return Array.from({ length: count }, (_, number) => seatOf(of, number)).flat()
    })
    .slice(0, room)
}

/** How many there would be without rules and limits. */
export const floodCount = (world: World, host: WorldInstance, frontend: string, t: number): number =>
  countsOf(world, host, frontend, t).reduce((sum, { count }) => sum + count, 0)

const countsOf = (
  world: World,
  host: WorldInstance,
  frontend: string,
  t: number,
): readonly { readonly flood: Flood; readonly count: number }[] =>
  floodsOf(world, host).map(flood => {
    const load = floodWanted(world, flood, host, frontend, t)
    return { flood, count: load === 0 ? 0 : seatsFor(world, host, frontend, { load, t }) }
  })

type OfFlood = {
  readonly seed: number
  readonly host: WorldInstance
  readonly frontend: string
  readonly t: number
  readonly blocked: Blocks
  readonly flood: Flood
  /** Connections of the frontend on a calm day. */
  readonly share: number
  /** Where the owners of its sessions begin, 0 to 1. */
  readonly start: number
  /** The number of the first one. */
  readonly first: number
  /** When nobody was connected last. */
  readonly empty: number
  /** Since when nobody new gets through; now, where they do. */
  readonly closed: number
}

/** One connection after the other, of one source; if one is ended, the source opens the next at once. */
const seatOf = (of: OfFlood, nth: number): readonly Seat[] => {
  const { seed, host, frontend, t, flood } = of
  const number = of.first + nth
  const address = flood.sources[Math.floor(((of.start + nth * GOLDEN) % 1) * flood.sources.length)] ?? ''
  const life = livesOf(seed, flood, host, frontend)(nth)
  const ended = host.ended.findLast(
    one => one.at <= t && one.session === number && one.frontend === frontend,
  )?.at
  const up = flood.begins + flood.ramp * (nth / (flood.factor * of.share))
  const first = Math.min(t, Math.max(of.empty, up, ended ?? 0))
  const comes = (since: number): number =>
    since === first ? since : since + between(COMING_MS, seed, 'flood-comes', host.id, frontend, number, since)
  const since = sinceAt(of.blocked.get(address) ?? [], first, t, { comes, leaves: life.endsAt })
  if (since === undefined) return []
  // Where nobody new gets through, those that are open are those that were.
  const opened = life.beginsAt(Math.min(t, of.closed))
  const bornAt = Math.round(Math.min(t, Math.max(opened, comes(since))))
  return [{ number, address, since: bornAt, bornAt }]
}

/** The connection of one place that is there at a moment. */
type Life = { readonly beginsAt: (t: number) => number; readonly endsAt: (t: number) => number }

/** For every place of a flood at a frontend: asked for again and again, as often as anybody looks. */
const livesOf = (seed: number, flood: Flood, host: WorldInstance, frontend: string): ((nth: number) => Life) =>
  drawn(flood, `${host.id} ${frontend}`, () => {
    const lives: Life[] = []
    return nth => {
      lives[nth] ??= lifeOf(seed, host.id, frontend, nth)
      return lives[nth]
    }
  })

const drawn = once<(nth: number) => Life>()

/**
 * Each lasts as long as the one before it. Two draws for that length, so that of those who are there at any moment one
 * half is gone after the half-life, and a half of that after another: whoever lasts long is met more often.
 */
const lifeOf = (seed: number, ...key: readonly (string | number)[]): Life => {
  const draw = (what: string): number => -Math.log2(1 - unit(seed, what, ...key))
  const lasts = Math.max(SHORTEST_MS, (draw('flood-life') + draw('flood-life-more')) * HALF_LIFE_MS.flood)
  const shift = unit(seed, 'flood-shift', ...key) * lasts
  const beginsAt = (t: number): number => t - ((t + shift) % lasts)
  return { beginsAt, endsAt: t => beginsAt(t) + lasts }
}

const SHORTEST_MS = 1_000
