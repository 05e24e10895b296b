import type { $ZodType } from 'zod/v4/core'

/** What the value of an expression is for: a condition, a list to go through, a part of a text, or an argument. */
export type Expectation =
  | { readonly kind: 'condition'; readonly key: string }
  | { readonly kind: 'list' }
  | { readonly kind: 'text' }
  | { readonly kind: 'argument'; readonly schema: $ZodType; readonly path: string }
