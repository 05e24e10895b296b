import { between, unit } from '../random.js'
import type { Blocks } from './block.js'
import { blocksAt } from './blocks.js'
import { type Client, clientsOf, ownerOf } from './clients.js'
import { emptySince, lastOf } from './empty.js'
import { clientsLoad, seatsFor } from './load.js'
import { COMING_MS, HALF_LIFE_MS } from './paces.js'
import type { Seat } from './seat.js'
import { sinceAt } from './stay.js'
import type { World, WorldCluster, WorldInstance } from './world.js'

/** Sessions of the clients of a frontend, by their numbers from 0; whom a rule keeps out leaves a gap. */
export const clientSeats = (
  world: World,
  host: WorldInstance,
  frontend: string,
  t: number,
): readonly Seat[] => {
  const cluster = world.clusters[host.cluster]
  if (cluster === undefined) return []
  const count = clientCount(world, host, frontend, t)
  const of = { ...turnsOf(world, cluster, host, frontend, t), world, host, frontend, t }
  return Array.from({ length: count }, (_, number) => seatOf(of, number)).flat()
}

/** How many there would be without rules. */
export const clientCount = (world: World, host: WorldInstance, frontend: string, t: number): number =>
  seatsFor(world, host, frontend, { load: clientsLoad(world, host, frontend, t), t })

type OfFrontend = {
  readonly clients: readonly Client[]
  /** Where the owners of its sessions begin, 0 to 1. */
  readonly start: number
  readonly blocked: Blocks
  /** Before it nobody was connected. */
  readonly begins: number
  /** Since when there are more than on a calm day; `begins` where there are no more. */
  readonly grows: number
  /** How many there are on a calm day. */
  readonly calm: number
  /** When an operator has ended a session, by its number. */
  readonly ended: ReadonlyMap<number, number>
  readonly world: World
  readonly host: WorldInstance
  readonly frontend: string
  readonly t: number
}

const turnsOf = (
  world: World,
  cluster: WorldCluster,
  host: WorldInstance,
  frontend: string,
  t: number,
): Omit<OfFrontend, 'world' | 'host' | 'frontend' | 't'> => {
  const begins = emptySince(world, host, frontend, t) ?? t
  const grows = [
    ...world.faults.filter(({ instance }) => instance === host.id),
    ...world.surges.filter(one => one.cluster === host.cluster),
  ].map(fault => fault.begins)
  const ended = host.ended.filter(one => one.frontend === frontend && one.at > begins && one.at <= t)
  return {
    clients: clientsOf(world.seed, cluster),
    start: unit(world.seed, 'session-start', host.id, frontend),
    blocked: blocksAt(world, host, frontend),
    begins,
    grows: lastOf([begins, ...grows], t) ?? begins,
    calm: cluster.calm / cluster.frontends.length,
    ended: new Map(ended.map(one => [one.session, one.at])),
  }
}

/** A client whose session is ended opens another one at once, if no rule keeps it out. */
const seatOf = (of: OfFrontend, number: number): readonly Seat[] => {
  const { host, frontend, t } = of
  const { seed } = of.world
  const address = ownerOf(of.clients, of.start, number)?.address ?? ''
  const ended = of.ended.get(number)
  const key = [host.id, frontend, number] as const
  const comes = (since: number): number =>
    since === ended ? since : since + Math.round(between(COMING_MS, seed, 'session-comes', ...key, since))
  const leaves = (from: number): number =>
    from - HALF_LIFE_MS.client * Math.log2(1 - unit(seed, 'session-leaves', ...key, from))
  const first = ended ?? (number < of.calm ? of.begins : of.grows)
  const since = sinceAt(of.blocked.get(address) ?? [], first, t, { comes, leaves })
  return since === undefined ? [] : [{ number, address, since, bornAt: Math.min(t, comes(since)) }]
}
