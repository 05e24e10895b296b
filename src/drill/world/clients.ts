import { between, unit } from '../random.js'
import type { Regular, WorldCluster } from './world.js'

// Who the clients of a cluster are: those that the scenario names, and those that are drawn. All is a function of the
// seed, the cluster and the number of a client, so that nothing that happens in a drill gives anybody another address.

/** A client of a cluster, with the part of all sessions that is its own: from where the one before it ends, up to `until`. */
export type Client = { readonly address: string; readonly until: number }

/** Some hundred networks of one to six clients, the largest with some ten times the sessions of the smallest. */
const NETWORKS = 240
const CLIENTS = { from: 1, to: 7 }
const WEIGHT = { from: 0.3, to: 3 }

/** In the order of their numbers. The parts add up to 1. */
export const clientsOf = (seed: number, cluster: WorldCluster): readonly Client[] => {
  const known = made.get(cluster)
  if (known?.seed === seed) return known.clients
  const clients = makeClients(seed, cluster)
  made.set(cluster, { seed, clients })
  return clients
}

/** The same, each with its part. */
export const sharesOf = (seed: number, cluster: WorldCluster): readonly Regular[] => {
  const clients = clientsOf(seed, cluster)
  return clients.map(({ address, until }, nth) => ({ address, share: until - (clients[nth - 1]?.until ?? 0) }))
}

/**
 * Whose the n-th session (from 0) of a frontend is. Steps of the golden ratio fall evenly wherever they begin, so
 * that any first n of them give each client its part of n, to within a session or two; and a session stays whose it
 * is when others come or go. `start`, 0 to 1, tells one frontend from another.
 */
export const ownerOf = (clients: readonly Client[], start: number, n: number): Client | undefined => {
  const place = (start + n * GOLDEN) % 1
  let low = 0
  let high = clients.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((clients[middle]?.until ?? 1) > place) high = middle
    else low = middle + 1
  }
  return clients[low]
}

/** Steps of it around a circle never leave a gap much wider than the others. */
export const GOLDEN = (Math.sqrt(5) - 1) / 2

/** A cluster of a world is one and the same object however often the world changes. */
const made = new WeakMap<WorldCluster, { readonly seed: number; readonly clients: readonly Client[] }>()

const makeClients = (seed: number, { name, regulars }: WorldCluster): readonly Client[] => {
  const given = new Set(regulars.map(({ address }) => address))
  const drawn = drawClients(seed, name).filter(({ address }) => !given.has(address))
  const all = drawn.reduce((sum, { weight }) => sum + weight, 0)
  const left = 1 - regulars.reduce((sum, { share }) => sum + share, 0)
  let until = 0
  const next = (address: string, share: number): Client => {
    until += share
    return { address, until }
  }
  return [
    ...regulars.map(({ address, share }) => next(address, share)),
    ...drawn.map(({ address, weight }) => next(address, (weight / all) * left)),
  ]
}

type Drawn = { readonly address: string; readonly weight: number }

const drawClients = (seed: number, cluster: string): readonly Drawn[] =>
  Array.from({ length: NETWORKS }, (_, network) => {
    const count = Math.floor(between(CLIENTS, seed, 'clients', cluster, network))
    const weight = between(WEIGHT, seed, 'client-weight', cluster, network) / count
    const hosts = Array.from({ length: count }, (_none, host) => host)
    return hosts.map(host => ({ address: addressOf(seed, cluster, network, host), weight }))
  }).flat()

/** The first of these networks have IPv4 addresses for documentation (RFC 5737), and the next ones IPv6 (RFC 3849). */
const DOCUMENTATION = 32
const IPV6 = 40

/**
 * No two networks overlap, and none has an address of the fleet: those are in 10.0.0.0/16, and the public ones in
 * 203.0.113.0/24 (and beyond 240 of them in the upper part of 198.51.100.0/24).
 */
const addressOf = (seed: number, cluster: string, network: number, host: number): string => {
  const drawn = unit(seed, 'client-network', cluster, network)
  if (network < DOCUMENTATION) {
    const range = network < DOCUMENTATION / 2 ? '192.0.2' : '198.51.100'
    return `${range}.${(network % (DOCUMENTATION / 2)) * 16 + 1 + host}` // a /28 each
  }
  const wide = Math.floor(drawn * 100)
  return network < DOCUMENTATION + IPV6
    ? `2001:db8:${(1 + wide * 256 + network).toString(16)}::${host + 1}` // a /48 each
    : `10.${64 + wide}.${network}.${10 + host}` // a /24 each
}
