import { blockedBetween } from './world/blocked.js'
import { isInService } from './world/crowd.js'
import { allClients, clientsHurt } from './world/harm.js'
import { findInstance, holderAt, servesAt, stateAt } from './world/instances.js'
import { heat } from './world/load.js'
import type { World, WorldInstance } from './world/world.js'

export type Measures = {
  /** From the alert to when hardly anybody was hurt any more, for good; null where that never came. */
  readonly seconds_to_relief: number | null
  /** Clients hurt, times the seconds that they were. */
  readonly customer_seconds_hurt: number
  readonly faulted_replaced: number
  readonly healthy_replaced: number
  readonly instances_launched: number
  /** Launched for the incident, running, neither in service nor parked. */
  readonly instances_leaked: number
  /** Live connections that changes broke. */
  readonly connections_cut: number
  /** Clients, by cluster and address, whom a rule kept from a proxy that they were led to, at any moment. */
  readonly legit_clients_blocked: number
  readonly minutes: number
}

/** Fewer than this part of all clients hurt counts as nobody: reconnecting stragglers, not an incident. */
const HARDLY_ANYBODY = 0.02

const STEP_MS = 1_000

/** What the run did to the customers and to the fleet, from the world alone. */
export const measure = (world: World, startedAt: number, endedAt: number): Measures => {
  const replaced = replacedBetween(world, startedAt, endedAt)
  const faulted = new Set(world.faults.map(fault => fault.instance))
  const during = world.cuts.filter(cut => cut.at >= startedAt && cut.at <= endedAt)
  return {
    ...harm(world, startedAt, endedAt),
    faulted_replaced: replaced.filter(id => faulted.has(id)).length,
    healthy_replaced: replaced.filter(id => !faulted.has(id)).length,
    instances_launched: Object.values(world.instances).filter(
      instance => instance.launchedAt >= startedAt && instance.launchedAt <= endedAt,
    ).length,
    instances_leaked: Object.values(world.instances).filter(instance => isLeaked(world, instance, endedAt))
      .length,
    connections_cut: during.reduce((sum, cut) => sum + cut.connections, 0),
    legit_clients_blocked: blockedBetween(world, startedAt, endedAt).length,
    minutes: Math.round((endedAt - startedAt) / 6_000) / 10,
  }
}

/** Faulted machines that still carry clients. */
export const liveFaults = (world: World, t: number): readonly string[] =>
  carrying(world, t).filter(id => {
    const instance = findInstance(world, id)
    return instance !== undefined && servesAt(instance, t) && heat(world, id, t) > 1
  })

/** Hosts to which clients are led at that moment, or which they find by themselves. */
const carrying = (world: World, t: number): readonly string[] => [
  ...Object.values(world.addresses).flatMap(address => holderAt(address, t)?.instance ?? []),
  ...crowded(world).flatMap(instance => (isInService(instance, t) ? [instance.id] : [])),
]

/** Proxies that clients find by themselves. */
const crowded = (world: World): readonly WorldInstance[] =>
  Object.values(world.instances).filter(
    ({ cluster, role }) => role === 'proxy' && world.clusters[cluster]?.crowd !== undefined,
  )

const harm = (
  world: World,
  startedAt: number,
  endedAt: number,
): Pick<Measures, 'seconds_to_relief' | 'customer_seconds_hurt'> => {
  const bearable = allClients(world) * HARDLY_ANYBODY
  let hurt = 0
  let relief = startedAt
  for (let t = startedAt; t < endedAt; t += STEP_MS) {
    const clients = clientsHurt(world, t)
    hurt += clients * (Math.min(STEP_MS, endedAt - t) / 1_000)
    if (clients > bearable) relief = t + STEP_MS
  }
  const over = clientsHurt(world, endedAt) <= bearable
  return {
    seconds_to_relief: over ? Math.round((Math.min(relief, endedAt) - startedAt) / 1_000) : null,
    customer_seconds_hurt: Math.round(hurt),
  }
}

/** Hosts that carried clients since the alert and lost them to another host, or to nobody, for good. */
const replacedBetween = (world: World, startedAt: number, endedAt: number): string[] => {
  const chains = Object.values(world.addresses).map(address => {
    const later = address.holders.filter(holder => holder.at > startedAt && holder.at <= endedAt)
    const holders = [holderAt(address, startedAt), ...later].map(holder => holder?.instance)
    return holders.reduce<(string | undefined)[]>(back, []).slice(0, -1)
  })
  const taken = crowded(world).flatMap(one => (isInService(one, startedAt) ? [one.id] : []))
  const inService = carrying(world, endedAt)
  return [...new Set([...chains.flat(), ...taken])].flatMap(id =>
    id === undefined || inService.includes(id) ? [] : [id],
  )
}

/** An address that came back to a host undoes what happened in between. */
const back = (chain: (string | undefined)[], holder: string | undefined): (string | undefined)[] => {
  const before = chain.indexOf(holder)
  return before === -1 ? [...chain, holder] : chain.slice(0, before + 1)
}

const isLeaked = (world: World, instance: WorldInstance, t: number): boolean => {
  const state = stateAt(instance, t)
  const alive = instance.launchedAt <= t && (state === 'pending' || state === 'running')
  return (
    alive &&
    !carrying(world, t).includes(instance.id) &&
    Object.hasOwn(instance.tags, 'firebreak:incident') &&
    instance.tags['firebreak:state'] !== 'parked'
  )
}
