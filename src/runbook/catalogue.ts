// runbook: YAML text -> Runbook, checked. It knows checks and actions only by the catalogue handed in;
// it imports neither, talks to no server and keeps no state. Errors carry file:line:column.

import type { ZodObject } from 'zod'
import type { JsonObject } from '../domain/json.js'

/** What the language needs to know of one check or action. `input` is strict: unknown keys are errors. */
type CatalogueEntry = {
  readonly name: string
  readonly summary: string
  readonly input: ZodObject
  readonly output: ZodObject
  /** Nothing takes it back; or nothing does unless `with` has that key. Absent: there is a way back. */
  readonly irreversible?: boolean | { readonly unless: string } | undefined
  /** Why a guardrail lets nothing of what is written there pass; null stands where an expression does. */
  readonly refuses?: (written: JsonObject) => Refusal | undefined
}

/** About the value at that key of `with`. */
type Refusal = { readonly key: string; readonly message: string; readonly next: string }

/** Names to schemas: all that a runbook can use. */
export type Catalogue = {
  readonly checks: { readonly [name: string]: CatalogueEntry }
  readonly actions: { readonly [name: string]: CatalogueEntry }
  /** Names of the clusters that there are; absent where no fleet is known. */
  readonly clusters?: readonly string[]
}
