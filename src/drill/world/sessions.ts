import { between, hex } from '../random.js'
import { blocksAt } from './blocks.js'
import { clientCount, clientSeats } from './client-sessions.js'
import { floodCount, floodSeats } from './flood-sessions.js'
import { frontendLimit } from './load.js'
import type { Seat } from './seat.js'
import type { World, WorldInstance } from './world.js'

/** One session of a client at a proxy. */
export type WorldSession = Omit<Seat, 'since'> & {
  readonly frontend: string
  readonly port: number
  /** Where HAProxy has it in memory. */
  readonly pointer: string
}

/** All that are open at that moment: as many of each frontend as `show stat` counts there. */
export const sessionsOf = (world: World, host: WorldInstance, t: number): readonly WorldSession[] =>
  (world.clusters[host.cluster]?.frontends ?? []).flatMap(({ name }) =>
    seatsOf(world, host, name, t).map(seat => sessionIn(world, host, name, seat)),
  )

/** Sessions of one frontend of a proxy at that moment; never above its limit. */
export const frontendSessions = (world: World, host: WorldInstance, frontend: string, t: number): number => {
  // Whom a rule keeps out is known by looking at every session; without rules there is nobody to look for.
  if (blocksAt(world, host, frontend).size > 0) return seatsOf(world, host, frontend, t).length
  const clients = clientCount(world, host, frontend, t)
  return Math.min(frontendLimit(world, host), clients + floodCount(world, host, frontend, t))
}

/** Sessions of all frontends of a proxy. */
export const proxySessions = (world: World, instance: WorldInstance, t: number): number =>
  (world.clusters[instance.cluster]?.frontends ?? [])
    .map(frontend => frontendSessions(world, instance, frontend.name, t))
    .reduce((sum, sessions) => sum + sessions, 0)

/** Clients hold what they have; who floods gets what the limit leaves. */
const seatsOf = (world: World, host: WorldInstance, frontend: string, t: number): readonly Seat[] => {
  const clients = clientSeats(world, host, frontend, t)
  const room = frontendLimit(world, host) - clients.length
  return [...clients, ...floodSeats(world, host, frontend, { t, room })]
}

/** Those that a system gives to who connects. */
const PORTS = { from: 32_768, to: 61_000 }

/** Whoever opens another one has another port then, and lies elsewhere. */
const sessionIn = (world: World, host: WorldInstance, frontend: string, seat: Seat): WorldSession => {
  const { since, ...rest } = seat
  const key = [host.id, frontend, seat.number, since] as const
  return {
    ...rest,
    frontend,
    port: Math.floor(between(PORTS, world.seed, 'session-port', ...key)),
    pointer: `0x7f${hex(10, world.seed, 'session', ...key)}`,
  }
}
