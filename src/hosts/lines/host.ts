import type { Event } from '../../domain/event.js'
import { planLines } from '../../engine/plan-words.js'
import { rowOf } from '../../engine/timeline.js'
import type { Host, Streams } from '../contract.js'
import { planLineText, rowText } from './layout.js'
import type { Paint } from './paint.js'
import { prompt } from './prompt.js'

/** Plain lines, for any terminal, a screen reader or a log. Everything goes to stderr: it is the way, not the result. */
export const createLinesHost = (streams: Streams, paint: Paint): Host => {
  let phase = ''
  return {
    notify: ({ event }) => {
      const lines = [
        ...phaseText(event, phase, paint),
        ...rowLines(event, paint, streams.err.columns),
        ...planText(event, paint, streams.err.columns),
      ]
      if (event.type === 'step.entered') phase = event.data.phase ?? phase
      if (lines.length > 0) streams.err.write(`${lines.join('\n')}\n`)
    },
    request: (question, signal) => prompt(streams, paint, question, signal),
  }
}

const phaseText = (event: Event, before: string, paint: Paint): string[] => {
  const phase = event.type === 'step.entered' ? event.data.phase : undefined
  return phase === undefined || phase === before ? [] : [paint('title', `\n== ${phase}`)]
}

const rowLines = (event: Event, paint: Paint, width: number | undefined): string[] => {
  const row = rowOf(event)
  return row ? [rowText(row, paint, width)] : []
}

const planText = (event: Event, paint: Paint, width: number | undefined): string[] => {
  if (event.type !== 'plan.made' && event.type !== 'plan.changed') return []
  return event.data.plan ? planLines(event.data.plan).map(line => planLineText(line, paint, width)) : []
}
