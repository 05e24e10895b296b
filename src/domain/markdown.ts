/** Rows of cells below their heads, as GitHub draws them; cells are Markdown already. */
export const markdownTable = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  rows.length === 0
    ? 'None.'
    : [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n')

/** One key of a schema, in words. */
export type Key = {
  readonly path: string
  readonly type: string
  readonly required: boolean
  readonly fallback: string | undefined
  readonly description: string | undefined
}

/** The keys of a schema, a row each. */
export const keysTable = (keys: readonly Key[]): string =>
  markdownTable(['key', 'type', 'required', 'default', 'what it is'], keys.map(cellsOf))

const cellsOf = ({ path, type, required, fallback, description = '' }: Key): readonly string[] => [
  code(path),
  prose(type),
  required ? 'yes' : 'no',
  fallback === undefined ? '' : code(fallback),
  prose(description),
]

/** One line of a cell: a bar would end it, and `<` would begin a tag. */
export const prose = (text: string): string =>
  text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|').replaceAll('<', '&lt;')

/** In code nothing but the bar means anything. */
export const code = (text: string): string => `\`${text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|')}\``

/** A block of text as it stands; the fence is longer than any in it. */
export const fenced = (text: string, language = ''): string => {
  const longest = Math.max(2, ...[...text.matchAll(/^`{3,}/gm)].map(([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}${language}\n${text.replace(/\n$/, '')}\n${fence}`
}
