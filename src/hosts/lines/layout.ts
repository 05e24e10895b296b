import wrapAnsi from 'wrap-ansi'
import { clockTime } from '../../domain/instant.js'
import type { PlanLine } from '../../engine/plan-words.js'
import type { Row } from '../../engine/timeline.js'
import type { Paint } from './paint.js'

const STEP_WIDTH = 12
const TIME_WIDTH = '00:00:00'.length
const INDENT = ' '.repeat(TIME_WIDTH + 2 + STEP_WIDTH + 2)

/** Narrower than this, the columns cost more than they help: the terminal wraps by itself. */
const NARROWEST = 60

/** `03:12:09  survey        text`; what does not fit goes on below the text, not below the time. */
export const rowText = ({ at, step, text, tone }: Row, paint: Paint, width: number | undefined): string =>
  `${paint('quiet', clockTime(at))}  ${step.padEnd(STEP_WIDTH)}  ${hang(INDENT, text, width, line => paint(tone, line))}`

/** A plan stands in the column of the text where there is room; on a narrow screen it needs the room itself. */
const ROOMY = 110
const NARROW_INDENT = '    '

/** A line of a plan; its own indent goes on where it wraps. */
export const planLineText = ({ text, tone }: PlanLine, paint: Paint, width: number | undefined): string => {
  const column = width !== undefined && width < ROOMY ? NARROW_INDENT : INDENT
  const indent = `${column}${/^ */.exec(text)?.[0] ?? ''}`
  return `${indent}${hang(`${indent}  `, text.trimStart(), width, line => paint(tone, line))}`
}

/** Text that goes on under itself, from that indent, where the screen ends. */
export const hang = (
  indent: string,
  text: string,
  width: number | undefined,
  paint: (line: string) => string,
): string => {
  if (width === undefined || width < NARROWEST) return paint(text)
  return wrapAnsi(text, width - indent.length, { hard: true })
    .split('\n')
    .map(paint)
    .join(`\n${indent}`)
}
