/** What there is to know of one kind of finding. For reading: nothing is checked by it. */
export type Rule = {
  readonly severity: 'error' | 'warning'
  /** One line. */
  readonly summary: string
  /** What goes wrong otherwise, for somebody who knows the fleet and not this program. */
  readonly why: string
  /** An excerpt that has the finding: steps where it begins with a dash, else a file. */
  readonly bad: string
  /** The same without it. */
  readonly good: string
}

export type Rules = { readonly [id: string]: Rule }
