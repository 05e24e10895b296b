import { between, hex, unit } from '../random.js'
import { type Client, clientsOf, ownerOf } from './clients.js'
import { addressOf, holderAt } from './instances.js'
import { frontendSessions } from './load.js'
import type { World, WorldInstance } from './world.js'

/** One session of a client at a proxy. */
export type WorldSession = {
  /** From 0: which one of its frontend it is. */
  readonly number: number
  readonly frontend: string
  readonly address: string
  readonly port: number
  /** Where HAProxy has it in memory. */
  readonly pointer: string
  readonly bornAt: number
}

/** All that are open at that moment: as many of each frontend as `show stat` counts there. */
export const sessionsOf = (world: World, host: WorldInstance, t: number): readonly WorldSession[] => {
  const cluster = world.clusters[host.cluster]
  if (cluster === undefined) return []
  const common = { world, host, t, clients: clientsOf(world.seed, cluster) }
  return cluster.frontends.flatMap(({ name }) => {
    const start = unit(world.seed, 'session-start', host.id, name)
    const ofFrontend = { ...common, ...turnsOf(world, host, name, t), frontend: name, start }
    const count = frontendSessions(world, host, name, t)
    return Array.from({ length: count }, (_, number) => session(ofFrontend, number))
  })
}

type Turns = {
  /** Before it nobody was connected. */
  readonly begins: number
  /** Since when there are more than on a calm day; `begins` where there are no more. */
  readonly grows: number
  /** How many there are on a calm day. */
  readonly calm: number
  /** When an operator has ended a session, by its number. */
  readonly ended: ReadonlyMap<number, number>
}

type OfFrontend = Turns & {
  readonly clients: readonly Client[]
  readonly world: World
  readonly host: WorldInstance
  readonly frontend: string
  readonly t: number
  /** Where the owners of its sessions begin, 0 to 1. */
  readonly start: number
}

const turnsOf = (world: World, host: WorldInstance, frontend: string, t: number): Turns => {
  const cluster = world.clusters[host.cluster]
  const begins = lastOf(emptyAt(world, host, frontend, t), t) ?? t
  const grows = [
    ...world.faults.filter(({ instance }) => instance === host.id),
    ...world.surges.filter(one => one.cluster === host.cluster),
  ].map(fault => fault.begins)
  const ended = host.ended.filter(one => one.frontend === frontend && one.at > begins && one.at <= t)
  return {
    begins,
    grows: lastOf([begins, ...grows], t) ?? begins,
    calm: cluster === undefined ? 0 : cluster.calm / cluster.frontends.length,
    ended: new Map(ended.map(one => [one.session, one.at])),
  }
}

/** When nobody was connected: it had just begun to serve, its address came, or all sessions were shut. */
const emptyAt = (world: World, host: WorldInstance, frontend: string, t: number): number[] => {
  const address = addressOf(world, host.id, t)
  const held = address === undefined ? undefined : holderAt(address, t)?.at
  const shut = host.switches.filter(one => one.to === 'sessions-shut' && one.frontend === frontend)
  return [host.servingAt, ...(held === undefined ? [] : [held]), ...shut.map(({ at }) => at)]
}

const lastOf = (times: readonly number[], t: number): number | undefined => {
  const passed = times.filter(at => at <= t)
  return passed.length === 0 ? undefined : Math.max(...passed)
}

/** Clients take so long to come, once there is something to come to. Milliseconds. */
const COMING = { from: 0, to: 60_000 }
/** Those that a system gives to who connects. */
const PORTS = { from: 32_768, to: 61_000 }

/** A client whose session is ended opens another one at once, which has another port and lies elsewhere. */
const session = (of: OfFrontend, number: number): WorldSession => {
  const { world, host, frontend, t } = of
  const since = of.ended.get(number) ?? (number < of.calm ? of.begins : of.grows)
  const key = [host.id, frontend, number, since] as const
  const comes = of.ended.has(number) ? 0 : between(COMING, world.seed, 'session-comes', ...key)
  return {
    number,
    frontend,
    address: ownerOf(of.clients, of.start, number)?.address ?? '',
    port: Math.floor(between(PORTS, world.seed, 'session-port', ...key)),
    pointer: `0x7f${hex(10, world.seed, 'session', ...key)}`,
    bornAt: Math.min(t, since + Math.round(comes)),
  }
}
