// runbook: YAML text -> Runbook, checked. It knows checks and actions only by the catalogue handed in;
// it imports neither, talks to no server and keeps no state. Errors carry file:line:column.

import type { ZodObject } from 'zod'

/** What the language needs to know of one check or action. `input` is strict: unknown keys are errors. */
type CatalogueEntry = {
  readonly name: string
  readonly summary: string
  readonly input: ZodObject
  readonly output: ZodObject
  /** Nothing takes it back; or nothing does unless `with` has that key. Absent: there is a way back. */
  readonly irreversible?: boolean | { readonly unless: string } | undefined
}

/** Names to schemas: all that a runbook can use. */
export type Catalogue = {
  readonly checks: { readonly [name: string]: CatalogueEntry }
  readonly actions: { readonly [name: string]: CatalogueEntry }
}
