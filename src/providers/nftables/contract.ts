import type { Result } from '../../domain/result.js'
import type { Prefix } from '../../fleet/addresses/prefix.js'

/** A protocol, and the ports of the host that clients connect to, both ends included. */
export type PortScope = {
  readonly protocol: 'tcp' | 'udp'
  readonly ports: { readonly from: number; readonly to: number }
}

/** One entry that stands. What is added here always has times, in seconds; by hand it may have been added to stay. */
export type Denial = {
  readonly scope: PortScope
  /** A `Prefix`; `192.0.2.1-192.0.2.9` only where somebody added that by hand. */
  readonly prefix: string
  readonly expiresIn?: number
  readonly timeout?: number
  /** False: the rule or the chain that would drop is gone or was changed, and it stops nobody. */
  readonly inForce: boolean
}

/**
 * Entries in a table of our own, at the input of one host; the kernel there ends each by itself. Packets are dropped:
 * who is denied gets no answer. A connection that is open already is not closed, it stalls, and goes on if the entry
 * ends before either side gives up. What the host passes on to containers does not come through here.
 *
 * Each change is one transaction, and is read back. `target.timeout` means that it may have been made: look. After
 * any other failure nothing was changed.
 */
export type Nftables = {
  readonly look: () => Promise<Result<readonly Denial[]>>
  /** None may overlap with another, be it one that stands. One that stands begins anew, with the new time. */
  readonly deny: (prefixes: readonly Prefix[], scope: PortScope, ttlSeconds: number) => Promise<Result<null>>
  /** Takes out exactly those; one that does not stand any more is no failure. */
  readonly allow: (prefixes: readonly Prefix[], scope: PortScope) => Promise<Result<null>>
}
