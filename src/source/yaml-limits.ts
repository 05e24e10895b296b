import { type Diagnostic, diagnose } from './diagnostic.js'
import type { Source } from './source.js'

const MOST_LINES = 20_000
const LONGEST_LINE = 10_000
const DEEPEST_BRACKETS = 500

/**
 * What the parser must not be given: it needs seconds, or runs out of memory, where brackets open
 * a million times or one line has a million signs. Counted on the bare text, before parsing.
 */
export const findExcess = (source: Source): Diagnostic | undefined => {
  const { lineStarts, text } = source
  const manyLines = lineStarts[MOST_LINES]
  if (manyLines !== undefined) return refuse(source, manyLines, `more than ${MOST_LINES} lines`)
  const long = lineStarts.find((start, index) => (lineStarts[index + 1] ?? text.length) - start > LONGEST_LINE)
  if (long !== undefined) return refuse(source, long, `a line of more than ${LONGEST_LINE} characters`)
  const deep = findDeepBracket(text)
  if (deep !== undefined)
    return refuse(source, deep, `more than ${DEEPEST_BRACKETS} brackets that are not closed`)
  return undefined
}

const findDeepBracket = (text: string): number | undefined => {
  let depth = 0
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at]
    if (sign === '[' || sign === '{') depth += 1
    else if (sign === ']' || sign === '}') depth = Math.max(0, depth - 1)
    if (depth > DEEPEST_BRACKETS) return at
  }
  return undefined
}

const refuse = (source: Source, start: number, what: string): Diagnostic =>
  diagnose(source, { start, end: start + 1 }, { rule: 'yaml-too-large', message: `this file has ${what}` })
