// fleet: the fleet file, how its targets are found, its guardrails and allowlists.
// It talks to no server itself: discovery is handed the reader that it may use.

import type { Posture } from '../domain/mode.js'
import type { Prefix } from './addresses/prefix.js'

/** A guardrail's limit: one number, or one per posture (already spread to both when loaded). */
export type PerPosture = { readonly [P in Posture]: number }

export type StaticTarget = { readonly id: string; readonly [field: string]: string }

export type Discover =
  | { readonly kind: 'ec2'; readonly tags: { readonly [key: string]: string } }
  | { readonly kind: 'static'; readonly targets: readonly StaticTarget[] }

/** A listener of every proxy: clients of that shard connect there. */
export type Frontend = { readonly name: string; readonly port: number }

export type ProxyGroup = {
  readonly kind: 'haproxy'
  readonly discover: Discover
  /** Template over target fields, `{private_ip}`: the runtime API. */
  readonly admin: string
  /** Template over target fields: the data path. The n-th frontend listens n ports above the first. */
  readonly data: string
  readonly frontends: readonly Frontend[]
  /** The list of addresses, by its path in haproxy.cfg, that every frontend of these proxies rejects. */
  readonly denyList?: string
  /** The stick table, by its name in haproxy.cfg, in which these proxies count the connections of each client (`conn_cur`). */
  readonly clientTable?: string
  /** Who asks these proxies whether they are well: load balancers, monitoring. They are never blocked. */
  readonly healthCheckers: readonly Prefix[]
  readonly launchTemplate?: string
  readonly subnets: readonly string[]
  readonly instanceTypes: readonly string[]
  readonly address: 'elastic-ip' | 'target-group' | 'none'
  readonly minHealthy: number
}

export type ShardGroup = { readonly kind: 'memcached'; readonly discover: Discover; readonly data: string }

export type Cluster = {
  readonly name: string
  readonly proxies: ProxyGroup
  readonly shards?: ShardGroup
  readonly networkAcl?: NetworkAclSettings
  /** How clients are blocked, where it is said. */
  readonly filterBy?: FilterBy
}

/** Where a client can be turned away: at HAProxy, at the host under it, at the edge of its subnets. */
export const FILTER_BY = ['deny_list', 'nftables', 'network_acl'] as const
export type FilterBy = (typeof FILTER_BY)[number]

export type NetworkAclSettings = {
  readonly id: string
  /** Of rules: a range that nobody else uses, both ends included. */
  readonly numbers: { readonly from: number; readonly to: number }
  /** How many rules it may have in one direction and family, EC2's own last one included. */
  readonly quota: number
}

/** How hosts are reached over ssh. What is absent, the operator's own ssh configuration says. Paths are absolute. */
export type SshSettings = {
  readonly user?: string
  readonly port?: number
  /** Instead of the operator's `~/.ssh/config`. */
  readonly config?: string
  /** Host keys besides those that the operator knows. */
  readonly knownHosts?: string
  /** Public keys of authorities: a host whose certificate one of them has signed is known. */
  readonly hostCas: readonly string[]
}

/** What lowers the volume of a proxy's logs, and what takes that back; each an argv, run on the proxy over ssh. */
export type LogCommands = { readonly throttle: readonly string[]; readonly restore: readonly string[] }

export type Guardrails = {
  readonly maxUnavailableProxies: PerPosture
  readonly failures: PerPosture
  readonly flush?: { readonly maxFraction: PerPosture; readonly per: number }
  readonly filter?: {
    readonly widest: { readonly ipv4: number; readonly ipv6: number }
    readonly maxTtl: number
    readonly defaultTtl: number
  }
  readonly commands: readonly (readonly string[])[]
}

/** The fleet file, loaded and checked. Durations in milliseconds. */
export type Fleet = {
  readonly file: string
  /** sha256 of the guardrails as written, for a plan's digest. */
  readonly guardrailsHash: string
  readonly account?: string
  readonly region?: string
  readonly clusters: { readonly [name: string]: Cluster }
  readonly guardrails: Guardrails
  readonly ssh?: SshSettings
  readonly log?: LogCommands
  readonly allowlist?: { readonly files: readonly string[]; readonly maxAge: number }
}
