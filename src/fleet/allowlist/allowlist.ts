import type { Prefix } from '../addresses/prefix.js'

/** Who is never blocked, and why. */
export type Protected = {
  readonly prefix: Prefix
  /** The customer's, where the file has one. */
  readonly name?: string
  /** Where it is said: `allowlist/customers.txt:12`. */
  readonly at: string
}

/** A file that it was read from. */
export type AllowlistFile = {
  /** As the fleet file writes it. */
  readonly file: string
  /** When it was last changed, in milliseconds since 1970. */
  readonly changedAt: number
}

/** The union of the fleet's files, all of them readable and none of them empty. */
export type Allowlist = {
  readonly entries: readonly Protected[]
  readonly files: readonly AllowlistFile[]
  /** sha256 over what is protected, hexadecimal: the same for the same prefixes, wherever and in whatever order they stand. */
  readonly hash: string
}
