import type { ScalarNode } from './node.js'
import type { Source, Span } from './source.js'

/**
 * Where a part of a scalar's value stands in the file. YAML folds lines, drops indentation and has
 * escapes, so value and text are walked side by side; each run of white space with a line break in
 * it counts as one.
 */
export const spanInScalar = (source: Source, node: ScalarNode, from: number, to: number): Span => {
  const start = offsetInScalar(source, node, from)
  const end = to > from ? offsetInScalar(source, node, to - 1) + 1 : start + 1
  return { start, end: Math.max(end, start + 1) }
}

const offsetInScalar = ({ text }: Source, node: ScalarNode, index: number): number => {
  const value = String(node.value)
  let at = contentStart(text, node)
  let position = node.style === 'block' ? blankRun(value, 0) : 0
  while (position < index && at < node.end) {
    const gap = breakRun(text, at)
    const escaped = node.style === 'double' && text[at] === '\\' ? breakRun(text, at + 1) : 0
    if (escaped > 0) at += 1 + escaped
    else if (gap > 0) position += blankRun(value, position)
    else position += 1
    if (escaped === 0) at += gap > 0 ? gap : writtenLength(text, at, node)
  }
  return Math.min(at, Math.max(node.start, node.end - 1))
}

/** After the quote, or after the line of the `|` or `>`. */
const contentStart = (text: string, { style, start, end }: ScalarNode): number => {
  if (style === 'plain') return start
  if (style !== 'block') return start + 1
  const lineEnd = text.indexOf('\n', start)
  if (lineEnd === -1) return end
  return lineEnd + 1 + blankRun(text, lineEnd + 1)
}

/** Length of a run of white space there that has a line break; else 0. */
const breakRun = (text: string, at: number): number => {
  const length = blankRun(text, at)
  return text.slice(at, at + length).includes('\n') ? length : 0
}

const blankRun = (text: string, at: number): number => {
  let end = at
  while (/\s/.test(text[end] ?? 'x')) end += 1
  return end - at
}

const ESCAPE_LENGTH: { readonly [sign: string]: number } = { x: 4, u: 6, U: 10 }

/** How many characters of the file make one of the value. */
const writtenLength = (text: string, at: number, { style }: ScalarNode): number => {
  if (style === 'single') return text[at] === "'" ? 2 : 1
  if (style !== 'double' || text[at] !== '\\') return 1
  return ESCAPE_LENGTH[text[at + 1] ?? ''] ?? 2
}
