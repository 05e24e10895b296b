export type Range = { readonly start: number; readonly end: number }

/** A finding about a part of an expression. */
export type Problem = {
  readonly node: Range
  readonly message: string
  readonly suggestion?: string | undefined
  readonly rule: string
}
