// The world of a drill: plain data, a fold of (seed, scenario, fleet) and the log of changes. Nothing here
// does I/O, reads a clock or draws from a stream of random numbers; what is true at a moment is a
// function of the world and that moment.

import type { Prefix } from '../../fleet/addresses/prefix.js'
import type { Disturbance } from './disturbances.js'

/** Times are milliseconds since 1970, virtual. */
export type World = {
  readonly seed: number
  /** The alert that starts the drill. */
  readonly epoch: number
  readonly account: string
  readonly region: string
  readonly clusters: Readonly<Record<string, WorldCluster>>
  readonly subnets: Readonly<Record<string, WorldSubnet>>
  readonly instances: Readonly<Record<string, WorldInstance>>
  /** Elastic IPs, by allocation id. */
  readonly addresses: Readonly<Record<string, WorldAddress>>
  /** By id. */
  readonly networkAcls: Readonly<Record<string, WorldNetworkAcl>>
  /** What each client token launched, by zone and token. */
  readonly launches: Readonly<Record<string, Launch>>
  readonly faults: readonly WorldFault[]
  readonly surges: readonly Surge[]
  readonly floods: readonly Flood[]
  readonly stuck: readonly StuckFrontend[]
  readonly disturbances: readonly Disturbance[]
  readonly cuts: readonly Cut[]
  /** Every change that was made, in order. */
  readonly made: readonly Made[]
  /** How many changes were folded in. */
  readonly changes: number
}

export type WorldCluster = {
  readonly name: string
  /** Connections of one proxy on a calm day. */
  readonly calm: number
  /** maxconn of one proxy. */
  readonly limit: number
  readonly frontends: readonly { readonly name: string; readonly port: number }[]
  readonly adminPort?: number
  /** Template over the fields of an instance, `ssh://{private_ip}/run/admin.sock`, where the runtime API is reached so. */
  readonly adminOverSsh?: string
  readonly shardPort?: number
  readonly template: { readonly id: string; readonly name: string }
  /** By which its proxies are found. Clusters can share a template: the tags of a launch tell them apart. */
  readonly proxyTags: Readonly<Record<string, string>>
  /** Types that its zones offer. */
  readonly instanceTypes: readonly string[]
  /** The list of denied addresses that its proxies know, where they know one. */
  readonly denyList?: string
  /** Where no address leads its clients: how many proxies they spread over on a calm day. */
  readonly crowd?: number
  /** Clients whose address is given; all others are drawn. */
  readonly regulars: readonly Regular[]
}

/** A client, and the part of all sessions on a calm day that is its own: above 0, and below 1 for all together. */
export type Regular = { readonly address: string; readonly share: number }

export type WorldSubnet = { readonly id: string; readonly zone: string; readonly prefix: string }

export type WorldInstance = {
  readonly id: string
  readonly cluster: string
  readonly role: 'proxy' | 'shard'
  readonly subnet: string
  readonly zone: string
  readonly privateIp: string
  readonly type: string
  readonly reservation: string
  readonly clientToken?: string
  readonly template?: { readonly id: string; readonly name: string }
  readonly tags: Readonly<Record<string, string>>
  readonly launchedAt: number
  readonly runningAt: number
  /** When HAProxy or memcached on it answers. */
  readonly servingAt: number
  /** When EC2 gives it up: it never comes to run. */
  readonly diesAt?: number
  /** It cannot be terminated by an API call. */
  readonly protected?: boolean
  /** When its end was asked for, and when it is over. */
  readonly terminatedAt?: number
  readonly goneAt?: number
  /** Whether it is in service, from when on. */
  readonly service: readonly { readonly at: number; readonly in: boolean }[]
  readonly switches: readonly Switch[]
  readonly weights: readonly WeightSet[]
  readonly rateLimits: readonly RateLimit[]
  readonly listings: readonly Listing[]
  readonly ended: readonly Ended[]
  readonly flushedAt: readonly number[]
  readonly items: Readonly<Record<string, Item>>
  /** How much a shard logs, where somebody has said so. */
  readonly verbosity?: number
}

/** What an operator did to one frontend of a proxy. */
export type Switch = {
  readonly at: number
  readonly frontend: string
  readonly to: 'disabled' | 'enabled' | 'sessions-shut'
}

/** The weight that an operator gave to a server behind a proxy. */
export type WeightSet = {
  readonly at: number
  readonly backend: string
  readonly server: string
  readonly weight: number
}

/** New connections per second that a proxy accepts from then on; 0 is no limit. */
export type RateLimit = { readonly at: number; readonly limit: number }

/** An entry that came into the list of denied addresses of a proxy, or all of that text that went. */
export type Listing = {
  readonly at: number
  readonly verb: 'add acl' | 'del acl'
  readonly pattern: string
}

/** One session of a frontend, by its number, that an operator has ended. */
export type Ended = { readonly at: number; readonly frontend: string; readonly session: number }

type Item = { readonly flags: string; readonly data: string }

export type WorldAddress = {
  readonly allocationId: string
  readonly publicIp: string
  readonly cluster: string
  readonly tags: Readonly<Record<string, string>>
  /** Who held it since when; the last one holds it now. Without an instance: nobody. */
  readonly holders: readonly Holder[]
}

export type Holder = {
  readonly at: number
  readonly instance?: string
  readonly associationId?: string
}

export type WorldNetworkAcl = {
  readonly id: string
  /** Every host in them stands behind it. */
  readonly subnets: readonly string[]
  readonly tags: Readonly<Record<string, string>>
  /** Those that were deleted, too. */
  readonly entries: readonly WorldAclEntry[]
}

export type WorldAclEntry = {
  readonly at: number
  /** When it was deleted. */
  readonly until?: number
  readonly number: number
  readonly direction: 'ingress' | 'egress'
  readonly effect: 'allow' | 'deny'
  readonly cidr: Prefix
  /** By its number; `-1` is all. */
  readonly protocol: string
  readonly ports?: { readonly from: number; readonly to: number } | undefined
}

type Launch = { readonly parameters: string; readonly instances: readonly string[] }

export type WorldFault = {
  readonly kind: 'hot-host'
  readonly cluster: string
  readonly instance: string
  readonly begins: number
  /** Times the calm connections, once the ramp is over. */
  readonly factor: number
  readonly ramp: number
}

/** All clients of a cluster want so many times their calm connections. */
export type Surge = {
  readonly cluster: string
  readonly begins: number
  /** When it begins to go away. */
  readonly until: number
  readonly factor: number
  readonly ramp: number
}

/** Some addresses of one network hold connections at every proxy of a cluster. */
export type Flood = {
  readonly cluster: string
  readonly network: Prefix
  /** None of them is a client's. */
  readonly sources: readonly string[]
  readonly begins: number
  /** When it begins to go away. */
  readonly until: number
  /** Times the calm connections of a proxy, beside those of its clients. */
  readonly factor: number
  readonly ramp: number
}

/** A frontend that cannot be stopped: no harm to clients, and so nothing that a score looks for. */
export type StuckFrontend = { readonly instance: string; readonly frontend: string }

export type Made = { readonly at: number; readonly operation: string }

/** Live connections that a change broke. */
export type Cut = { readonly at: number; readonly instance: string; readonly connections: number }
