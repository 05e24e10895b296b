import type { Result } from '../../../domain/result.js'
import type { Prefix } from '../../../fleet/addresses/prefix.js'
import type { Providers } from '../../../providers/contract.js'
import type { Denial } from '../denial.js'

/**
 * How long it is to stand (milliseconds), until when (milliseconds since 1970), whose it is, and what a filter of ours,
 * by the register of this machine, has put there already.
 */
export type Term = {
  readonly ttl: number
  readonly until: number
  readonly incident: string
  readonly ours: ReadonlySet<Prefix>
}

/** What came of it: `already` stood there before, and not by this. `untold` is what could not be noted beside it. */
export type Put = {
  readonly already: readonly Prefix[]
  readonly untold?: string
}

/**
 * One way to deny clients. Of a change, `target.timeout`, `target.protocol` and `ec2.ambiguous` mean that it may have
 * been made, and any other failure that nothing of it was.
 */
export type Mechanism<D extends Denial = Denial> = {
  /** Those of its prefixes that stand there now, and turn clients away. */
  readonly standing: (denial: D, providers: Providers) => Promise<Result<readonly Prefix[]>>
  /** What turns that address away there, whoever put it up; null: nothing. Absent where nothing there can be asked so. */
  readonly deniedBy?: (denial: D, address: string, providers: Providers) => Promise<Result<string | null>>
  readonly put: (denial: D, term: Term, providers: Providers) => Promise<Result<Put>>
  /** What is not there any more is no failure. */
  readonly take: (denial: D, providers: Providers) => Promise<Result<null>>
  /** The same as an operator would type it; without a `ttl` the time that is left is for them to fill in. */
  readonly byHand: {
    readonly put: (denial: D, ttl: number | undefined) => readonly string[]
    readonly take: (denial: D) => readonly string[]
  }
}
