import type { $ZodType } from 'zod/v4/core'

/** What the value of an expression is for: a condition, a part of a text, or an argument of a check or action. */
export type Expectation =
  | { readonly kind: 'condition'; readonly key: string }
  | { readonly kind: 'text' }
  | { readonly kind: 'argument'; readonly schema: $ZodType; readonly path: string }
