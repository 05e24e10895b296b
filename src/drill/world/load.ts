import { unit } from '../random.js'
import { surgeAt } from './crowd.js'
import { floodLoad } from './flood.js'
import { servesAt } from './instances.js'
import { partConnected, partServed } from './kept-out.js'
import { HALF_LIFE_MS } from './paces.js'
import { clientsWanting, momentsOf, sharing } from './presence.js'
import { acceptedAtMost } from './settings.js'
import type { World, WorldInstance } from './world.js'

/** Half of it moves a whole proxy, the other half each of its frontends. */
const NOISE = 0.08
const TICK_MS = 100

/** How many sessions of a frontend so many times its calm connections come to, with noise; never above its limit. */
export const seatsFor = (
  world: World,
  instance: WorldInstance,
  frontend: string,
  { load, t }: { readonly load: number; readonly t: number },
): number => {
  const cluster = world.clusters[instance.cluster]
  if (cluster === undefined || !servesAt(instance, t)) return 0
  const share = cluster.calm / cluster.frontends.length
  const noise = 1 + NOISE * (drift(world, t, instance.id) + drift(world, t, `${instance.id} ${frontend}`) - 1)
  return Math.min(frontendLimit(world, instance), Math.round(load * share * noise))
}

/** 0 to 1, another one every tick. */
const drift = (world: World, t: number, entity: string): number =>
  unit(world.seed, 'noise', entity, Math.floor(t / TICK_MS))

export const frontendLimit = (world: World, instance: WorldInstance): number => {
  const cluster = world.clusters[instance.cluster]
  return cluster === undefined ? 0 : Math.floor(cluster.limit / cluster.frontends.length)
}

/**
 * New connections of a frontend in the second before: those who come anew, or back. Pools are held open otherwise; who
 * floods opens another connection for each that is over.
 */
export const frontendArrivals = (
  world: World,
  instance: WorldInstance,
  frontend: string,
  t: number,
): number => {
  const cluster = world.clusters[instance.cluster]
  if (cluster === undefined || !servesAt(instance, t)) return 0
  const [now, before] = [heldAt(world, instance, frontend, t), heldAt(world, instance, frontend, t - 1_000)]
  const left = before.flood * 0.5 ** (1_000 / HALF_LIFE_MS.flood)
  const come = Math.max(0, now.clients - before.clients) + Math.max(0, now.flood - left)
  return Math.round((come * cluster.calm) / cluster.frontends.length)
}

/** Of all frontends of a proxy. */
export const proxyArrivals = (world: World, instance: WorldInstance, t: number): number =>
  (world.clusters[instance.cluster]?.frontends ?? [])
    .map(frontend => frontendArrivals(world, instance, frontend.name, t))
    .reduce((sum, arrivals) => sum + arrivals, 0)

/** What a frontend carries, as a multiple of its calm connections: its clients, and whoever floods it. */
export const loadOf = (world: World, instance: WorldInstance, frontend: string, t: number): number => {
  const { clients, flood } = heldAt(world, instance, frontend, t)
  return clients + flood
}

/** After rules. A flood has what its clients, who hold what they have, leave of the limit. */
const heldAt = (
  world: World,
  instance: WorldInstance,
  frontend: string,
  t: number,
): { readonly clients: number; readonly flood: number } => {
  const clients = clientsLoad(world, instance, frontend, t) * partConnected(world, instance, frontend, t)
  const { calm, limit } = world.clusters[instance.cluster] ?? { calm: 1, limit: 0 }
  const flood = Math.min(floodLoad(world, instance, frontend, t), Math.max(0, limit / calm - clients))
  return { clients, flood }
}

/**
 * What its clients would hold there if no rule kept any of them out, as a multiple of its calm connections: who they
 * are, times the heat of its machine. A limit of connections per second is shared evenly by the frontends of a proxy
 * and holds both back, those who come back after a cut and those who come anew: since any moment it was not above what
 * was wanted then and what the limit let in since. Looked at where something changes. Where the limit goes, all who
 * wait come at once.
 */
export const clientsLoad = (world: World, instance: WorldInstance, frontend: string, t: number): number => {
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
 * connection of the many that a hot machine makes them want is served; whom a rule keeps out is not.
 */
export const clientsPresent = (world: World, instance: WorldInstance, frontend: string, t: number): number =>
  Math.min(clientsWanting(world, instance, frontend, t), clientsLoad(world, instance, frontend, t)) *
  partServed(world, instance, frontend, t)
