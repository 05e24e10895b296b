import type { Event } from '../../domain/event.js'
import { badge } from '../../domain/mode.js'
import { valuesOf } from '../../domain/table.js'
import { isOneAction } from '../../engine/alone.js'
import { formatFidelity } from '../../engine/fidelity.js'
import type { IncidentState, OpState } from '../../engine/state.js'
import { spanOf, timeline } from '../../engine/timeline.js'
import { rowText } from '../../hosts/lines/layout.js'
import { type Paint, paintFor } from '../../hosts/lines/paint.js'
import { becameWords } from './do/what-became.js'
import { type Io, print } from './io.js'

/** What the end of an incident leaves on the screen: timeline, outcome, score, and where the record is. */
export type Closing = {
  readonly id: string
  readonly journal: string
  readonly head: string
  readonly events: readonly Event[]
  readonly state: IncidentState
  /** Commands worth trying next, each with its reason. */
  readonly next: readonly { readonly command: string; readonly why: string }[]
  /** What else there is to know, for whoever goes on from here. */
  readonly more?: readonly string[]
}

export const printClosing = (io: Io, closing: Closing): void => {
  const paint = paintFor(io.out, io.env)
  // One action is told by its one line.
  if (!isOneAction(closing.state)) printTimeline(io, closing, paint)
  print(io, paint('title', outcomeLine(closing.state)))
  for (const { op } of doubtful(closing.state))
    print(io, paint('bad', `in doubt ${op}: nobody knows whether it happened`))
  for (const line of scoreLines(closing.events)) print(io, line)
  print(io, `journal  ${closing.journal}`)
  print(io, `head     ${closing.head}`)
  if (closing.next.length > 0) print(io, 'next')
  const width = Math.max(0, ...closing.next.map(({ command }) => command.length))
  for (const { command, why } of closing.next) print(io, `  ${command.padEnd(width)}  ${paint('quiet', why)}`)
  for (const line of closing.more ?? []) print(io, line)
}

const printTimeline = (io: Io, { id, events }: Closing, paint: Paint): void => {
  print(io, `\n${paint('title', `Timeline of ${id}`)} (${spanOf(events)})`)
  const rows = timeline(events).filter(({ tone }) => tone !== 'quiet')
  // In one write: there are thousands of them after a long incident.
  print(io, [...rows.map(row => rowText(row, paint, io.out.columns)), ''].join('\n'))
}

/** Ops that were sent and whose outcome is not known. */
export const doubtful = (state: IncidentState): readonly OpState[] =>
  valuesOf(state.ops).filter(({ status }) => status === 'started')

const outcomeLine = (state: IncidentState): string => {
  const { opened, outcome, because, lastDone } = state
  if (lastDone && isOneAction(state)) return becameWords(lastDone)
  if (opened?.mode.effects === 'withheld')
    return `${badge(opened.mode)}: nothing was changed; it would end ${outcome} (${because}). ${formatFidelity(state)}.`
  return `The incident is ${outcome}: ${because}.`
}

const scoreLines = (events: readonly Event[]): string[] => {
  const scored = events.find(event => event.type === 'drill.scored')
  if (scored?.type !== 'drill.scored') return []
  const { score, measures, deductions, faulted } = scored.data
  return [
    `score    ${score} of 100`,
    ...asList(deductions).map(({ reason, points }) => `         -${String(points)}  ${String(reason)}`),
    ...asList(faulted).map(({ kind, instance }) => `fault    ${String(kind)} on ${String(instance)}`),
    ...Object.entries(measures).map(
      ([name, value], index) => `${index === 0 ? 'measured' : '        '} ${name} ${String(value)}`,
    ),
  ]
}

const asList = (value: unknown): { readonly [key: string]: unknown }[] => (Array.isArray(value) ? value : [])
