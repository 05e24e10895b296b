import { planLines } from '../../engine/plan-words.js'
import { rowOf } from '../../engine/timeline.js'
import type { Host, Notice, Streams } from '../contract.js'
import { planLineText, rowText } from './layout.js'
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
      if (row) say(rowText(row, paint, streams.err.columns))
      for (const line of planText(notice, paint, streams.err.columns)) say(line)
    },
    request: (question, signal) => prompt(streams, paint, question, signal),
  }
}

const sayPhase = ({ event }: Notice, before: string, say: (text: string) => void, paint: Paint): string => {
  if (event.type !== 'step.entered' || !event.data.phase || event.data.phase === before) return before
  say(paint('title', `\n== ${event.data.phase}`))
  return event.data.phase
}

const planText = ({ event }: Notice, paint: Paint, width: number | undefined): string[] => {
  if (event.type !== 'plan.made' && event.type !== 'plan.changed') return []
  return event.data.plan ? planLines(event.data.plan).map(line => planLineText(line, paint, width)) : []
}
