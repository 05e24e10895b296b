// providers: clients of the outside world. All I/O goes through the injected clock and is recorded;
// a provider decides nothing about incidents and imports no check and no action.

import type { Permission } from '../domain/permission.js'
import type { Result } from '../domain/result.js'
import type { HaproxyClients } from './haproxy/clients-contract.js'
import type { AclEntry, AclEntryRef, NetworkAcl } from './network-acl.js'
import type { Nftables } from './nftables/contract.js'

export type Instance = {
  readonly id: string
  readonly state: 'pending' | 'running' | 'shutting-down' | 'terminated' | 'stopping' | 'stopped'
  readonly stateReason?: string
  readonly privateIp?: string
  readonly publicIp?: string
  readonly subnet?: string
  readonly zone?: string
  readonly instanceType?: string
  readonly launchedAt?: string
  readonly clientToken?: string
  readonly tags: { readonly [key: string]: string }
}

export type Filter = { readonly name: string; readonly values: readonly string[] }

export type Subnet = {
  readonly id: string
  /** `us-east-1a`: of this account. */
  readonly zone: string
  /** `use1-az4`: the same zone in every account, as AWS names it where it tells of trouble. */
  readonly zoneId?: string
}

export type LaunchRequest = {
  /** An id `lt-0…` or a name. */
  readonly launchTemplate: string
  readonly subnet: string
  readonly instanceType: string
  readonly clientToken: string
  readonly tags: { readonly [key: string]: string }
}

export type Address = {
  readonly allocationId: string
  readonly publicIp: string
  readonly associationId?: string
  readonly instanceId?: string
}

export type AssociateRequest = {
  readonly allocationId: string
  readonly instanceId: string
  readonly allowReassociation: boolean
}

/**
 * The only operations that are ever sent with `DryRun: true`. Of each, EC2's API reference documents the flag, and
 * Moto 5.2 and the drill were seen to answer 412 DryRunOperation and to change nothing. To add one, see the same of
 * it first: a server may ignore the flag and do it (Moto does with CreateNetworkAclEntry).
 */
export const DRY_RUN_VERIFIED = {
  runInstances: 'RunInstances',
  createTags: 'CreateTags',
  deleteTags: 'DeleteTags',
  associateAddress: 'AssociateAddress',
  terminateInstances: 'TerminateInstances',
} as const

/** A change to ask permission for, with the parameters that it would be made with. */
export type Ec2Probe =
  | { readonly operation: typeof DRY_RUN_VERIFIED.runInstances; readonly request: LaunchRequest }
  | {
      readonly operation: typeof DRY_RUN_VERIFIED.createTags
      readonly ids: readonly string[]
      readonly tags: { readonly [key: string]: string }
    }
  | {
      readonly operation: typeof DRY_RUN_VERIFIED.deleteTags
      readonly ids: readonly string[]
      readonly keys: readonly string[]
    }
  | { readonly operation: typeof DRY_RUN_VERIFIED.associateAddress; readonly request: AssociateRequest }
  | { readonly operation: typeof DRY_RUN_VERIFIED.terminateInstances; readonly ids: readonly string[] }

export type InstanceQuery = {
  readonly ids?: readonly string[]
  readonly filters?: readonly Filter[]
  /** Milliseconds that the caller is willing to wait in all, retries and pages included. Default: 60 s each page. */
  readonly patience?: number
}

/**
 * EC2, with our own retries on the injected clock: throttling and 5xx back off with the same token.
 * `ec2.ambiguous`, and only that, means that a change may or may not have been made: look before asking again.
 */
export type Ec2 = {
  readonly describeInstances: (query: InstanceQuery) => Promise<Result<Instance[]>>
  readonly runInstance: (request: LaunchRequest) => Promise<Result<Instance>>
  readonly createTags: (
    ids: readonly string[],
    tags: { readonly [key: string]: string },
  ) => Promise<Result<null>>
  readonly deleteTags: (ids: readonly string[], keys: readonly string[]) => Promise<Result<null>>
  /** In no order. One that does not exist fails all. */
  readonly describeSubnets: (ids: readonly string[]) => Promise<Result<Subnet[]>>
  readonly describeAddresses: (filters: readonly Filter[]) => Promise<Result<Address[]>>
  readonly associateAddress: (request: AssociateRequest) => Promise<Result<{ associationId: string }>>
  /**
   * An unknown id fails all. A protected one fails those of its own zone only, while those of other zones ARE
   * terminated though the call fails: after any error, describe each of them again.
   */
  readonly terminateInstances: (ids: readonly string[]) => Promise<Result<null>>
  /** In no order, with all of their entries. One that does not exist fails all: `ec2.not-found`. */
  readonly describeNetworkAcls: (ids: readonly string[]) => Promise<Result<NetworkAcl[]>>
  /**
   * EC2 takes no client token for it. `ec2.exists`: another entry has that number; `ec2.full`: the ACL has no room.
   * After `ec2.ambiguous` describe the ACL: `standsIn` says whether it is there.
   */
  readonly createNetworkAclEntry: (of: {
    readonly acl: string
    readonly entry: AclEntry
  }) => Promise<Result<null>>
  /** Whatever has that number there now. `ec2.not-found`: the entry is gone, or its ACL is. */
  readonly deleteNetworkAclEntry: (entry: AclEntryRef) => Promise<Result<null>>
  /** Asks with `DryRun`, which changes nothing. Never fails: what cannot be found out is `unknown`. */
  readonly mayI: (probe: Ec2Probe) => Promise<Permission>
}

export type Sts = {
  /** `patience` in milliseconds, retries included. */
  readonly account: (patience?: number) => Promise<Result<string>>
  /** What time it is there, in milliseconds since 1970, to the second; also of an answer that refuses. */
  readonly time: (patience?: number) => Promise<Result<number>>
}

/** One row of `show stat`, by the header's names. Counts are numbers; absent ones are undefined. */
export type StatRow = {
  readonly proxy: string
  readonly server: string
  readonly type: 'frontend' | 'backend' | 'server' | 'listener'
  readonly status: string
  /** Current sessions. */
  readonly sessions: number
  /** Session limit, where one is set. */
  readonly limit?: number
  /** New sessions in the last second. */
  readonly rate?: number
}

/** What a stats socket lets its user do: only `admin` may change anything. */
export const HAPROXY_LEVELS = ['user', 'operator', 'admin'] as const
export type HaproxyLevel = (typeof HAPROXY_LEVELS)[number]

/** One server of a backend, by `show servers state`. */
export type ServerRow = {
  readonly backend: string
  readonly server: string
  /** 0 to 256. With 0 it gets no new connections, and keeps its live ones. */
  readonly weight: number
  /** The configuration file's, which a restart or a reload of HAProxy goes back to. */
  readonly initialWeight: number
  /** It runs, and is neither in maintenance nor drained: with a weight above 0 it gets new connections. */
  readonly up: boolean
}

/** What `show info` says of one process. All that was set at run time is gone with it. */
export type ProcessInfo = {
  readonly pid: number
  /** Seconds since 1970. With the pid it tells this process from one before a restart. */
  readonly startedAt: number
  /** Seconds. */
  readonly uptime: number
  /** Client connections now, and at most; those of the runtime API do not count. */
  readonly connections: number
  readonly maxConnections: number
  /** New connections in the last second, and how many it accepts in one; 0 is no limit. */
  readonly connectionRate: number
  readonly connectionRateLimit: number
}

/**
 * The HAProxy runtime API of one process. Success of a change is an empty line and nothing else.
 *
 * There is no `set maxconn frontend`, and there must not be: raised while the frontend is at its limit it kills
 * HAProxy 2.6 (haproxy/haproxy issue 2726), and that is when somebody would raise it. To hold clients back, limit
 * the connection rate.
 */
export type Haproxy = HaproxyClients & {
  readonly level: () => Promise<Result<HaproxyLevel>>
  readonly stat: () => Promise<Result<StatRow[]>>
  /** Of all backends. */
  readonly servers: () => Promise<Result<ServerRow[]>>
  readonly info: () => Promise<Result<ProcessInfo>>
  readonly disableFrontend: (frontend: string) => Promise<Result<null>>
  readonly enableFrontend: (frontend: string) => Promise<Result<null>>
  /** 0 to 256. A backend with a static algorithm takes 0 and the initial weight only, and says so. */
  readonly setWeight: (backend: string, server: string, weight: number) => Promise<Result<null>>
  /** Success means that it was understood: the sessions end some time after. */
  readonly shutdownSessions: (backend: string, server: string) => Promise<Result<null>>
  /** New connections per second, of all frontends together; 0 is no limit. Those above it wait to be accepted. */
  readonly setConnRateLimit: (limit: number) => Promise<Result<null>>
}

/** memcached's text protocol, to a server or through a proxy's frontend. */
export type Memcached = {
  readonly version: () => Promise<Result<string>>
  /** The general counters; or, of `settings`, what it was started with. */
  readonly stats: (of?: 'settings') => Promise<Result<{ readonly [name: string]: string }>>
  /**
   * Makes all that is stored there now invalid, at once. `target.timeout` and `target.protocol` mean that it may have
   * been done. A server that was started with `-F` refuses, and counts it in `cmd_flush` all the same.
   */
  readonly flushAll: () => Promise<Result<null>>
  /** How much it logs, from 0 to 2; `stats settings` shows it. */
  readonly setVerbosity: (level: number) => Promise<Result<null>>
}

export type ProcessRequest = {
  /** The program and its arguments; no shell reads them. */
  readonly argv: readonly string[]
  readonly stdin?: string
  /** Added to the environment. */
  readonly env?: { readonly [name: string]: string }
  /** Milliseconds, after which it is ended. */
  readonly timeout: number
}

export type Ran = { readonly exit: number; readonly stdout: string; readonly stderr: string }

/**
 * Programs of this machine. `target.timeout` means that it was started and nobody knows what it did; any other
 * failure that it was not started. An exit code that is not 0 is no failure here.
 */
export type Processes = { readonly run: (request: ProcessRequest) => Promise<Result<Ran>> }

export type SshRequest = {
  /** `ssh://user@host:port`. */
  readonly host: string
  /** Arrives as these words: each is quoted for the shell that sshd hands it to. */
  readonly argv: readonly string[]
  readonly stdin?: string
  /** Milliseconds, after which nobody waits for it any more. What was started may run on. */
  readonly timeout: number
}

/**
 * Programs of other hosts. `target.timeout` means that it was started and nobody knows what it did; any other
 * failure that it was not started. An exit code that is not 0 is no failure here.
 */
export type Ssh = { readonly run: (request: SshRequest) => Promise<Result<Ran>> }

export type HttpRequest = {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly url: string
  readonly headers: { readonly [name: string]: string }
  readonly body?: string
  /** Milliseconds until the answer begins, and as many again until its end. */
  readonly timeout: number
}

export type HttpResponse = { readonly status: number; readonly body: string }

/**
 * Requests that change something. `target.timeout` and `target.protocol` mean that it was sent and no answer came;
 * any other failure that it was not sent. A status is no failure here, and redirects are not followed.
 */
export type Http = { readonly send: (request: HttpRequest) => Promise<Result<HttpResponse>> }

export type Providers = {
  /** Loads the AWS SDK on first use. Fails where the fleet names no region, or the drill serves none. */
  readonly ec2: () => Promise<Result<Ec2>>
  readonly sts: () => Promise<Result<Sts>>
  readonly haproxy: (url: string) => Haproxy
  readonly memcached: (url: string) => Memcached
  /** By `ssh://user@host:port`. It and the three below fail with `drill.escape` in a drill. */
  readonly nftables: (host: string) => Nftables
  readonly processes: Processes
  readonly ssh: Ssh
  readonly http: Http
}
