import { findInstance, holderAt, servesAt } from './instances.js'
import { clientsPresent, loadOf } from './load.js'
import type { World, WorldAddress } from './world.js'

/**
 * Clients that get bad service or none at that moment, out of all that a calm day has. Without noise:
 * a calm world hurts nobody.
 */
export const clientsHurt = (world: World, t: number): number =>
  Object.values(world.addresses)
    .map(address => hurtBehind(world, address, t))
    .reduce((sum, clients) => sum + clients, 0)

/** All clients of the world: those behind each address, on a calm day. */
export const allClients = (world: World): number =>
  Object.values(world.addresses)
    .map(address => world.clusters[address.cluster]?.calm ?? 0)
    .reduce((sum, clients) => sum + clients, 0)

const hurtBehind = (world: World, address: WorldAddress, t: number): number => {
  const cluster = world.clusters[address.cluster]
  if (cluster === undefined) return 0
  const instance = findInstance(world, holderAt(address, t)?.instance ?? '')
  if (instance === undefined || !servesAt(instance, t)) return cluster.calm
  return cluster.frontends
    .map(frontend => {
      const present = clientsPresent(world, instance, frontend.name, t)
      const wellServed = present * (1 - strain(cluster, loadOf(world, instance, frontend.name, t)))
      return (cluster.calm / cluster.frontends.length) * (1 - wellServed)
    })
    .reduce((sum, clients) => sum + clients, 0)
}

/** 0 at the calm load, 1 where the proxy is at its limit. */
const strain = (cluster: { readonly calm: number; readonly limit: number }, load: number): number => {
  const room = cluster.limit - cluster.calm
  if (room <= 0) return load > 1 ? 1 : 0
  return Math.min(1, Math.max(0, (load - 1) * cluster.calm) / room)
}
