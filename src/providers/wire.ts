// What the clients of the outside world are made with: where things are, and what each request goes through.

import type { Clock } from '../domain/clock.js'
import type { Result } from '../domain/result.js'
import type { SshSettings } from '../fleet/fleet.js'

/** What a socket of this machine connects to. */
export type Door = { readonly host: string; readonly port: number } | { readonly path: string }

/** A host as ssh finds it; what is absent, the operator's ssh configuration says. */
export type SshHost = { readonly host: string; readonly user?: string; readonly port?: number }

/** A unix socket of another host. */
export type FarSocket = { readonly ssh: SshHost; readonly path: string }

/** Where a URL leads: the one thing, with the EC2 endpoint, that differs between a fleet and a drill. */
export type Endpoint = Door | FarSocket

/** One request that really went out, also when it was a retry. */
export type SentRequest = {
  readonly endpoint: 'ec2' | 'sts' | 'haproxy' | 'memcached' | 'process' | 'http' | 'ssh' | 'nftables'
  /** `RunInstances`, `RunInstances (DryRun)`, `show stat`: the operation, without its arguments. */
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

/** What lies outside any fleet: programs of this machine, and servers that no fleet file names. */
export type Outside = {
  /** Of the parent process; programs get it without the secrets in it. */
  readonly env: { readonly [name: string]: string | undefined }
  /** Said of each answer before it is cut: half a secret is not recognised. */
  readonly redact: (text: string) => string
}

export type Wire = {
  readonly clock: Clock
  readonly resolve: (url: string) => Result<Endpoint>
  readonly aws?: AwsWire
  /** Absent in a drill, which can simulate nothing of it: then no program is started and no request is sent. */
  readonly outside?: Outside
  /** Of the fleet file; where it has none, the operator's configuration says all. */
  readonly ssh?: SshSettings
  /** Opens the near end of a tunnel to that socket, or gives the one that is open. Absent in a drill, which has none. */
  readonly tunnel?: (to: FarSocket) => Promise<Result<Door>>
  /** Asked before each call, when nothing has been sent yet; its failure becomes the call's. Absent: all may go. */
  readonly admit?: (request: SentRequest) => Result<null>
  /** Told after each request that left this machine, also when it was a retry. Must not throw. */
  readonly record: (request: SentRequest) => void
}
