/** What firebreak itself is extended by. */
export const PART = { action: 'action', check: 'check' } as const
export type Part = (typeof PART)[keyof typeof PART]

/** One new action or check, in the names that its files use. */
export type Names = {
  /** As in a runbook: `dns.resolve`. */
  readonly name: string
  /** Of its code: `dns-resolve`. */
  readonly folder: string
  /** Of its schema: `dnsResolve`. */
  readonly identifier: string
  readonly summary: string
}

/** A file of a checkout, by its path from the top. */
export type Written = readonly [file: string, text: string]

/** At least two words: with one only, an identifier could be a word of the language. */
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*(\.[a-z][a-z0-9]*(-[a-z0-9]+)*)+$/

export const partNameProblem = (name: string): string | undefined =>
  NAME.test(name)
    ? undefined
    : `a name is what it is about and what it does, such as dns.resolve, and \`${name}\` is not`

export const summaryProblem = (summary: string): string | undefined => {
  if (summary.trim() === '') return 'a summary is a few words: it stands in the reference and on screens'
  return /\p{Cc}/u.test(summary) ? 'a summary is one line' : undefined
}

export const namesOf = (name: string, summary: string): Names => {
  const [first = '', ...others] = name.split(/[.-]/)
  const identifier = first + others.map(word => word.charAt(0).toUpperCase() + word.slice(1)).join('')
  return { name, summary: summary.trim(), folder: name.replaceAll('.', '-'), identifier }
}

/** Text as the code of this project quotes it. */
export const literal = (text: string): string => {
  const escaped = text.replaceAll('\\', '\\\\')
  return text.includes("'") && !text.includes('"') ? `"${escaped}"` : `'${escaped.replaceAll("'", "\\'")}'`
}
