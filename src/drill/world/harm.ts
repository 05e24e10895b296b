import { findInstance, holderAt, instancesOf, servesAt } from './instances.js'
import { clientsPresent, loadOf } from './load.js'
import type { World, WorldAddress, WorldCluster, WorldInstance } from './world.js'

/**
 * Clients that get bad service or none at that moment, out of all that a calm day has. Without noise:
 * a calm world hurts nobody.
 */
export const clientsHurt = (world: World, t: number): number =>
  [
    ...Object.values(world.addresses).map(address => hurtBehind(world, address, t)),
    ...Object.values(world.clusters).map(cluster => hurtIn(world, cluster, t)),
  ].reduce((sum, clients) => sum + clients, 0)

/** All clients of the world: those behind each address, and those that spread, on a calm day. */
export const allClients = (world: World): number =>
  [
    ...Object.values(world.addresses).map(address => world.clusters[address.cluster]?.calm ?? 0),
    ...Object.values(world.clusters).map(({ crowd = 0, calm }) => crowd * calm),
  ].reduce((sum, clients) => sum + clients, 0)

/** Of clients that no address leads, those who are well served by no proxy. */
const hurtIn = (world: World, cluster: WorldCluster, t: number): number => {
  const all = (cluster.crowd ?? 0) * cluster.calm
  if (all === 0) return 0
  const served = instancesOf(world, cluster.name, 'proxy')
    .filter(instance => servesAt(instance, t))
    .reduce((sum, instance) => sum + servedBy(world, cluster, instance, t), 0)
  return Math.max(0, all - served)
}

const hurtBehind = (world: World, address: WorldAddress, t: number): number => {
  const cluster = world.clusters[address.cluster]
  if (cluster === undefined) return 0
  const instance = findInstance(world, holderAt(address, t)?.instance ?? '')
  if (instance === undefined || !servesAt(instance, t)) return cluster.calm
  return cluster.calm - servedBy(world, cluster, instance, t)
}

/** Clients that a proxy serves well. */
const servedBy = (world: World, cluster: WorldCluster, instance: WorldInstance, t: number): number =>
  cluster.frontends
    .map(({ name }) => {
      const present = clientsPresent(world, instance, name, t)
      const wellServed = present * (1 - strain(cluster, loadOf(world, instance, name, t)))
      return (cluster.calm / cluster.frontends.length) * wellServed
    })
    .reduce((sum, clients) => sum + clients, 0)

/** 0 at the calm load, 1 where the proxy is at its limit. */
const strain = (cluster: { readonly calm: number; readonly limit: number }, load: number): number => {
  const room = cluster.limit - cluster.calm
  if (room <= 0) return load > 1 ? 1 : 0
  return Math.min(1, Math.max(0, (load - 1) * cluster.calm) / room)
}
