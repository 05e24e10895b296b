import { clockTime } from '../../domain/instant.js'
import { planLines } from '../../engine/plan-words.js'
import { type Row, rowOf } from '../../engine/timeline.js'
import type { Host, Notice, Streams } from '../contract.js'
import type { Paint } from './paint.js'
import { prompt } from './prompt.js'

/** Plain lines, for any terminal, a screen reader or a log. Everything goes to stderr: it is the way, not the result. */
export const createLinesHost = (streams: Streams, paint: Paint): Host => {
  const say = (text: string) => streams.err.write(`${text}\n`)
  let phase = ''
  return {
    notify: notice => {
      phase = sayPhase(notice, phase, say, paint)
      const row = rowOf(notice.event)
      if (row) say(rowText(row, paint))
      for (const line of planText(notice, paint)) say(line)
    },
    request: (question, signal) => prompt(streams, paint, question, signal),
  }
}

const sayPhase = ({ event }: Notice, before: string, say: (text: string) => void, paint: Paint): string => {
  if (event.type !== 'step.entered' || !event.data.phase || event.data.phase === before) return before
  say(paint('title', `\n== ${event.data.phase}`))
  return event.data.phase
}

const STEP_WIDTH = 12

/** `03:12:09  survey        text`, with the columns that a timeline keeps. */
export const rowText = ({ at, step, text, tone }: Row, paint: Paint): string =>
  `${paint('quiet', clockTime(at))}  ${step.padEnd(STEP_WIDTH)}  ${paint(tone, text)}`

const INDENT = ' '.repeat('00:00:00'.length + 2 + STEP_WIDTH + 2)

const planText = ({ event }: Notice, paint: Paint): string[] => {
  if (event.type !== 'plan.made' && event.type !== 'plan.changed') return []
  return event.data.plan
    ? planLines(event.data.plan).map(({ text, tone }) => `${INDENT}${paint(tone, text)}`)
    : []
}
