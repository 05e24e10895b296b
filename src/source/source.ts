// source: text file -> YAML tree with positions -> values or diagnostics.
// It knows no runbook, fleet or scenario: they hand it their schemas.
// It never throws for what stands in a file; whatever is wrong there is a diagnostic.

import type { Position } from '../domain/runbook.js'

/** A text with a name, ready to turn offsets into lines and columns. */
export type Source = { readonly file: string; readonly text: string; readonly lineStarts: readonly number[] }

/** Offsets into the text, in UTF-16 units; `end` is the first one after it. */
export type Span = { readonly start: number; readonly end: number }

export const sourceOf = (file: string, text: string): Source => ({ file, text, lineStarts: startsOf(text) })

/** One-based line and column, in UTF-16 units. A byte order mark takes no column. */
export const positionAt = ({ text, lineStarts }: Source, offset: number): Position => {
  let low = 0
  let high = lineStarts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((lineStarts[middle] ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  const column = offset - (lineStarts[low] ?? 0) + 1
  const hidden = low === 0 && text.startsWith('\uFEFF') ? 1 : 0
  return { line: low + 1, column: Math.max(1, column - hidden) }
}

/** The rest of the line from there, without its end. */
export const restOfLine = ({ text }: Source, offset: number): string => {
  const end = text.indexOf('\n', offset)
  return text.slice(offset, end === -1 ? text.length : end).replace(/\r$/, '')
}

/** Where the line of that offset begins. */
export const lineStartOf = ({ text }: Source, offset: number): number => text.lastIndexOf('\n', offset - 1) + 1

const startsOf = (text: string): number[] => {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}
