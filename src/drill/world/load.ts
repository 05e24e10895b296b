import { unit } from '../random.js'
import { rampOf, surgeAt, timesInService } from './crowd.js'
import { instancesOf, servesAt } from './instances.js'
import { acceptedAtMost } from './settings.js'
import type { World, WorldAddress, WorldInstance } from './world.js'

/** Clients hold their pools open: live sessions of a frontend that accepts no more leave slowly. */
const HALF_LIFE_MS = 600_000

/** Half of it moves a whole proxy, the other half each of its frontends. */
const NOISE = 0.08
const TICK_MS = 100

/** Sessions of one frontend of a proxy at that moment; never above its limit. */
export const frontendSessions = (
  world: World,
  instance: WorldInstance,
  frontend: string,
  t: number,
): number => {
  const cluster = world.clusters[instance.cluster]
  if (cluster === undefined || !servesAt(instance, t)) return 0
  const share = cluster.calm / cluster.frontends.length
  const noise = 1 + NOISE * (drift(world, t, instance.id) + drift(world, t, `${instance.id} ${frontend}`) - 1)
  const sessions = loadOf(world, instance, frontend, t) * share * noise
  return Math.min(frontendLimit(world, instance), Math.round(sessions))
}

/** 0 to 1, another one every tick. */
const drift = (world: World, t: number, entity: string): number =>
  unit(world.seed, 'noise', entity, Math.floor(t / TICK_MS))

export const frontendLimit = (world: World, instance: WorldInstance): number => {
  const cluster = world.clusters[instance.cluster]
  return cluster === undefined ? 0 : Math.floor(cluster.limit / cluster.frontends.length)
}

/** Sessions of all frontends of a proxy. */
export const proxySessions = (world: World, instance: WorldInstance, t: number): number =>
  (world.clusters[instance.cluster]?.frontends ?? [])
    .map(frontend => frontendSessions(world, instance, frontend.name, t))
    .reduce((sum, sessions) => sum + sessions, 0)

/** New connections of a frontend in the second before: those who come anew, or back. Pools are held open otherwise. */
export const frontendArrivals = (
  world: World,
  instance: WorldInstance,
  frontend: string,
  t: number,
): number => {
  const cluster = world.clusters[instance.cluster]
  if (cluster === undefined || !servesAt(instance, t)) return 0
  const grown = loadOf(world, instance, frontend, t) - loadOf(world, instance, frontend, t - 1_000)
  return Math.max(0, Math.round((grown * cluster.calm) / cluster.frontends.length))
}

/** Of all frontends of a proxy. */
export const proxyArrivals = (world: World, instance: WorldInstance, t: number): number =>
  (world.clusters[instance.cluster]?.frontends ?? [])
    .map(frontend => frontendArrivals(world, instance, frontend.name, t))
    .reduce((sum, arrivals) => sum + arrivals, 0)

/**
 * What a frontend carries, as a multiple of its calm connections: its clients, times the heat of its machine. A limit
 * of connections per second is shared evenly by the frontends of a proxy and holds both back, those who come back
 * after a cut and those who come anew: since any moment it was not above what was wanted then and what the limit
 * let in since. Looked at where something changes. Where the limit goes, all who wait come at once.
 */
export const loadOf = (world: World, instance: WorldInstance, frontend: string, t: number): number => {
  const wanted = (at: number): number =>
    clientsWanting(world, instance, frontend, at) *
    heat(world, instance.id, at) *
    surgeAt(world, instance.cluster, at)
  const [first] = instance.rateLimits
  const calm = world.clusters[instance.cluster]?.calm ?? 0
  if (first === undefined || first.at > t || calm === 0) return wanted(t)
  const turns = [
    t,
    ...instance.rateLimits.map(({ at }) => at),
    ...sharing(world, instance).flatMap(other => momentsOf(world, other, frontend).map(({ at }) => at)),
    ...world.faults.flatMap(({ begins, ramp }) => [begins, begins + ramp]),
    ...world.surges.flatMap(({ begins, until, ramp }) => [begins, begins + ramp, until, until + ramp]),
  ].filter(at => at >= first.at && at <= t)
  return Math.min(...turns.map(at => wanted(at) + acceptedAtMost(instance, at, t) / calm))
}

/** How many times its calm connections a machine carries for the same clients: 1 where it is sound. */
export const heat = (world: World, instanceId: string, t: number): number =>
  world.faults
    .filter(fault => fault.instance === instanceId)
    .map(fault => 1 + (fault.factor - 1) * Math.min(1, Math.max(0, (t - fault.begins) / fault.ramp)))
    .reduce((product, factor) => product * factor, 1)

/**
 * The part, 0 to 1, of the clients of its address that are connected to a frontend of this proxy. Who has one
 * connection of the many that a hot machine makes them want is served.
 */
export const clientsPresent = (world: World, instance: WorldInstance, frontend: string, t: number): number =>
  Math.min(clientsWanting(world, instance, frontend, t), loadOf(world, instance, frontend, t))

const NOBODY: Presence = {
  at: Number.NEGATIVE_INFINITY,
  part: 0,
  attached: false,
  enabled: true,
  weighs: true,
  ramp: 1,
}

/** The same part, if every connection were accepted at once. Where no address leads them, clients spread over all. */
const clientsWanting = (world: World, instance: WorldInstance, frontend: string, t: number): number => {
  const own = presence(world, instance, frontend, t)
  const crowd = world.clusters[instance.cluster]?.crowd
  if (crowd === undefined || own === 0) return own
  return (crowd * own) / crowdAt(world, instance, frontend, t)
}

/** The same sum for every proxy among whom it is shared: one after the other asks for it, at one moment. */
const summed = new WeakMap<World, Map<string, { readonly t: number; readonly sum: number }>>()

const crowdAt = (world: World, instance: WorldInstance, frontend: string, t: number): number => {
  const ofWorld = summed.get(world) ?? new Map<string, { readonly t: number; readonly sum: number }>()
  summed.set(world, ofWorld)
  const key = `${instance.cluster} ${frontend}`
  const known = ofWorld.get(key)
  if (known?.t === t) return known.sum
  const sum = sharing(world, instance).reduce(
    (before, other) => before + presence(world, other, frontend, t),
    0,
  )
  ofWorld.set(key, { t, sum })
  return sum
}

/** Those among whom the clients of a proxy could go. */
const sharing = (world: World, instance: WorldInstance): readonly WorldInstance[] =>
  world.clusters[instance.cluster]?.crowd === undefined
    ? [instance]
    : instancesOf(world, instance.cluster, 'proxy')

/** 0 to 1: how far its own clients, or its share of all, have come to a frontend. */
const presence = (world: World, instance: WorldInstance, frontend: string, t: number): number => {
  if (!servesAt(instance, t)) return 0
  let state = NOBODY
  for (const moment of momentsOf(world, instance, frontend)) {
    if (moment.at > t) break
    state = { ...state, part: partAt(state, moment.at), ...moment.change, at: moment.at }
  }
  return partAt(state, t)
}

type Presence = {
  readonly at: number
  readonly part: number
  readonly attached: boolean
  readonly enabled: boolean
  /** The only server behind the frontend has a weight above 0: else nobody new gets through. */
  readonly weighs: boolean
  /** Milliseconds from nobody to everybody. */
  readonly ramp: number
}

type Moment = { readonly at: number; readonly change: Partial<Presence> }

const partAt = (state: Presence, t: number): number => {
  const passed = t - state.at
  if (!state.attached) return 0
  if (!state.enabled || !state.weighs) return state.part * 0.5 ** (passed / HALF_LIFE_MS)
  return Math.min(1, state.part + passed / state.ramp)
}

/** A world never changes, so what happened in it is worked out once; a score asks for every second. */
const worked = new WeakMap<World, Map<string, readonly Moment[]>>()

const momentsOf = (world: World, instance: WorldInstance, frontend: string): readonly Moment[] => {
  const ofWorld = worked.get(world) ?? new Map<string, readonly Moment[]>()
  worked.set(world, ofWorld)
  const key = `${instance.id} ${frontend}`
  const moments = ofWorld.get(key) ?? workOut(world, instance, frontend)
  ofWorld.set(key, moments)
  return moments
}

const workOut = (world: World, instance: WorldInstance, frontend: string): Moment[] => {
  const crowd = world.clusters[instance.cluster]?.crowd
  const held =
    crowd === undefined
      ? Object.values(world.addresses).flatMap(address => timesHeld(world, address, instance))
      : timesInService(instance).flatMap(time => timeOf(world, instance, time))
  const switched = instance.switches
    .filter(change => change.frontend === frontend)
    .map(change => ({
      at: change.at,
      change: change.to === 'sessions-shut' ? { part: 0 } : { enabled: change.to === 'enabled' },
    }))
  const weighed = instance.weights
    .filter(({ backend }) => backend === frontend)
    .map(({ at, weight }) => ({ at, change: { weighs: weight > 0 } }))
  // An address that comes in the same instant in which another one leaves must find that one gone.
  return [...held, ...switched, ...weighed].sort((a, b) => a.at - b.at || rank(a) - rank(b))
}

const rank = (moment: Moment): number => (moment.change.attached === true ? 1 : 0)

/** Clients of an address can only come once HAProxy answers there, and all leave when it moves away. */
const timesHeld = (world: World, address: WorldAddress, instance: WorldInstance): Moment[] =>
  address.holders.flatMap((holder, index) => {
    const from = Math.max(holder.at, instance.servingAt)
    const to = address.holders[index + 1]?.at ?? Number.POSITIVE_INFINITY
    if (holder.instance !== instance.id || from >= to) return []
    return timeOf(world, instance, { from, to, at: holder.at })
  })

type Time = { readonly from: number; readonly to: number; readonly at?: number }

/** Clients come from one moment on, and are gone at the other. */
const timeOf = (world: World, instance: WorldInstance, { from, to, at = from }: Time): Moment[] => {
  const attach = { at: from, change: { attached: true, ramp: rampOf(world, instance.id, at) } }
  return to === Number.POSITIVE_INFINITY ? [attach] : [attach, { at: to, change: { attached: false, part: 0 } }]
}
