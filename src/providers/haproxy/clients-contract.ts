import type { Result } from '../../domain/result.js'
import type { Prefix } from '../../fleet/addresses/prefix.js'

/** One entry of a list of addresses. */
export type ListedPattern = {
  /** As HAProxy has it, which is how it is deleted. */
  readonly pattern: string
  /** The same in canonical form. Absent where it cannot be read in one way (`10.0.0.0/255.0.0.0`). */
  readonly prefix?: Prefix
}

/** A connection of a client, by `show sess`. Who has no address (a unix socket) is not among them. */
export type ClientSession = {
  /** Where it lies in HAProxy's memory. The next session may lie there once this one has ended. */
  readonly id: string
  /** Canonical; IPv4 that arrived at an IPv6 listener is IPv4. */
  readonly address: string
  readonly port: number
  readonly frontend: string
  /** Seconds, cut to HAProxy's two largest units (`1d2h`). Absent where HAProxy does not know. */
  readonly age?: number
}

export type StickTable = {
  /** The period of each rate, in milliseconds: `conn_rate(10000)` is `{ conn_rate: 10000 }`. Empty while nobody is in it. */
  readonly periods: { readonly [rate: string]: number }
  readonly clients: readonly TrackedClient[]
}

export type TrackedClient = {
  /** Canonical; IPv4 in a table of type ipv6 is IPv4. */
  readonly address: string
  /** By name, those that the table stores: `conn_cur`, `conn_cnt`, `conn_rate`, … */
  readonly counters: { readonly [name: string]: number }
}

/**
 * Who is connected to a proxy, and who may not be. Lists are the files that haproxy.cfg names after `-f`: what is
 * changed here is changed in the process that runs, and forgotten when it restarts; the file stays as it is.
 *
 * Of a change, `target.timeout` and `target.protocol`, and only these, mean that it may have been made: look before it
 * is sent again.
 *
 * There is no `prepare acl` and no `commit acl`, and there must not be: together they replace the whole list, and so
 * erase what others have put there.
 */
export type HaproxyClients = {
  /** Every entry of a list, whoever put it there, twice where it is there twice. */
  readonly listed: (list: string) => Promise<Result<ListedPattern[]>>
  /** The narrowest entry that an address of a client falls under; null where none does. */
  readonly matches: (list: string, address: string) => Promise<Result<ListedPattern | null>>
  /**
   * Denies new connections from a prefix; live ones stay. What is listed already, however it is written,
   * is not added again: `already` means that this call added nothing, and has nothing to take back. Success was seen.
   */
  readonly deny: (list: string, prefix: Prefix) => Promise<Result<'added' | 'already'>>
  /**
   * Deletes what is written exactly so, as `deny` writes it: an entry that means the same and
   * is written otherwise (`192.0.2.7` for `192.0.2.7/32`) is `absent`, and stays. Success was seen.
   */
  readonly allow: (list: string, prefix: Prefix) => Promise<Result<'removed' | 'absent'>>
  /** Everybody, which costs HAProxy more than any other look: of many thousands rather ask a table. */
  readonly sessions: () => Promise<Result<ClientSession[]>>
  /**
   * Ends one session: `gone` where it has ended by itself. HAProxy knows sessions by their place alone, so this looks
   * first who is in it now; who comes into it between that look and the end of it, within a round trip, is hit.
   */
  readonly shutSession: (session: ClientSession) => Promise<Result<'shut' | 'gone'>>
  /** What a stick table of addresses counts. */
  readonly table: (name: string) => Promise<Result<StickTable>>
}
