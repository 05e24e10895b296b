// providers: clients of the outside world. All I/O goes through the injected clock and is recorded;
// a provider decides nothing about incidents and imports no check and no action.

import type { Clock } from '../domain/clock.js'
import type { Result } from '../domain/result.js'

/** Where a URL leads: the one thing, with the EC2 endpoint, that differs between a fleet and a drill. */
export type Endpoint = { readonly host: string; readonly port: number } | { readonly path: string }

/** One request that really went out, also when it was a retry. */
export type SentRequest = {
  readonly endpoint: 'ec2' | 'sts' | 'haproxy' | 'memcached'
  /** `RunInstances`, `show stat`, `version`: the operation, without its arguments. */
  readonly operation: string
  readonly mutating: boolean
}

export type AwsWire = {
  readonly region: string
  /** Of firebreak, for the user agent. */
  readonly version?: string
  /** Set in a drill: loopback URL and dummy credentials; nothing else of the environment is read then. */
  readonly override?: {
    readonly endpoint: string
    readonly accessKeyId: string
    readonly secretAccessKey: string
  }
}

export type Wire = {
  readonly clock: Clock
  readonly resolve: (url: string) => Result<Endpoint>
  readonly aws?: AwsWire
  /** Asked before each call, when nothing has been sent yet; its failure becomes the call's. Absent: all may go. */
  readonly admit?: (request: SentRequest) => Result<null>
  /** Told after each request that left this machine, also when it was a retry. Must not throw. */
  readonly record: (request: SentRequest) => void
}

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
  readonly describeAddresses: (filters: readonly Filter[]) => Promise<Result<Address[]>>
  readonly associateAddress: (request: {
    readonly allocationId: string
    readonly instanceId: string
    readonly allowReassociation: boolean
  }) => Promise<Result<{ associationId: string }>>
}

export type Sts = {
  /** `patience` in milliseconds, retries included. */
  readonly account: (patience?: number) => Promise<Result<string>>
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

/** The HAProxy runtime API of one process. Success of a change is an empty line and nothing else. */
export type Haproxy = {
  readonly stat: () => Promise<Result<StatRow[]>>
  readonly disableFrontend: (frontend: string) => Promise<Result<null>>
  readonly enableFrontend: (frontend: string) => Promise<Result<null>>
}

/** memcached's text protocol, to a server or through a proxy's frontend. */
export type Memcached = {
  readonly version: () => Promise<Result<string>>
  readonly stats: () => Promise<Result<{ readonly [name: string]: string }>>
}

export type Providers = {
  /** Loads the AWS SDK on first use. Fails where the fleet names no region, or the drill serves none. */
  readonly ec2: () => Promise<Result<Ec2>>
  readonly sts: () => Promise<Result<Sts>>
  readonly haproxy: (url: string) => Haproxy
  readonly memcached: (url: string) => Memcached
}
