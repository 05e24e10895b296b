import { formatDuration } from '../domain/duration.js'
import type { Event, EventData, Place } from '../domain/event.js'
import { clockTime, epochMs, type Instant } from '../domain/instant.js'
import { everyStep } from '../domain/runbook.js'
import { valuesOf } from '../domain/table.js'
import { runbookOf } from './frames.js'
import type { Command } from './pending.js'
import { placeWords } from './places.js'
import { afterResume } from './resume.js'
import type { IncidentState, OpState } from './state.js'
import { byHandWords, undoList } from './undo.js'

/** Who hands over, and to whom it is told when; wall time, also in a drill. */
export type HandOver = { readonly now: Instant; readonly from?: EventData['owner.taken']['from'] }

/** What whoever takes over needs to know before anything is asked: done, standing, open, said, and who was there when. */
export const handOver = (
  state: IncidentState,
  events: Iterable<Event>,
  { now, from }: HandOver,
): readonly string[] => [
  'Hand-over',
  ...part('done', [...doneLines(state), ...state.byHand.map(byHandWords)]),
  ...part('stands, newest first: undo would take it back', standing(state).map(opWords)),
  ...part('open', [...doubtLines(state), ...nextLines(state)]),
  ...part('notes', noteLines(events)),
  ...part('last there', from ? [keyWords(from, now)] : ['nobody was working on it']),
]

const part = (title: string, lines: readonly string[]): string[] => [
  title,
  ...(lines.length === 0 ? ['nothing'] : lines).map(line => `  ${line}`),
]

/** What changed something, a line a visit; looks are left out. */
const doneLines = (state: IncidentState): string[] => {
  const stands = new Set(standing(state).map(({ op }) => op))
  const visits = new Map<string, string[]>()
  for (const op of valuesOf(state.ops)) {
    if (op.look || op.status !== 'finished') continue
    const words = `${op.undoes ? 'undo: ' : ''}${opWords(op)}`
    const since = op.undoes || stands.has(op.op) ? '' : ' (taken back since)'
    const visit = visitWords(state, op)
    visits.set(visit, [...(visits.get(visit) ?? []), `${words}${since}`])
  }
  return [...visits].map(([visit, ops]) => `${visit}: ${ops.join(', ')}`)
}

const visitWords = (state: IncidentState, { frame, step, visit }: Place): string => {
  const { definition, others = {} } = state.opened ?? { definition: runbookOf(state) }
  const steps = [definition, ...Object.values(others)].flatMap(runbook => everyStep(runbook.steps))
  const title = steps.find(({ id }) => id === step)?.title
  const place = placeWords(frame, step)
  return `${title === undefined ? place : `${title} (${place})`}${visit > 1 ? `, visit ${visit}` : ''}`
}

const standing = (state: IncidentState): readonly OpState[] =>
  undoList(state).filter(({ look, status }) => !look && status === 'finished')

const opWords = ({ kind, target }: OpState): string => `${kind} ${target}`

const doubtLines = (state: IncidentState): string[] =>
  valuesOf(state.ops)
    .filter(({ status }) => status === 'started')
    .map(
      op =>
        `in doubt: ${opWords(op)}, sent in ${placeWords(op.frame, op.step)}; it is looked up before anything is sent again`,
    )

const nextLines = (state: IncidentState): string[] =>
  afterResume(state, state.opened?.tool ?? '').map(commandWords)

const commandWords = (command: Command): string => {
  switch (command.do) {
    case 'ask':
      return `asked: ${command.question.title}: ${command.question.text}`
    case 'gate':
      return `waits for consent: ${command.plan.summary}`
    case 'confirm':
      return `agreed to, not begun: ${command.plan.summary}`
    case 'timer':
      return `waits until ${clockTime(command.due)} in ${placeWords(command.frame, command.step.id)}`
    case 'end':
      return `ends the incident: ${command.outcome} (${command.because})`
    case 'posture':
      return `the posture ${command.raised.to} was raised until ${clockTime(command.raised.until)}`
    default:
      return `next: ${command.do} in ${placeWords(command.frame, command.step.id)}`
  }
}

const noteLines = (events: Iterable<Event>): string[] =>
  [...events].flatMap(event =>
    event.type === 'note.added' && event.data.kind === undefined
      ? [`${clockTime(event.at)} ${event.data.text}`]
      : [],
  )

const keyWords = ({ pid, host, lastKey }: NonNullable<HandOver['from']>, now: Instant): string => {
  const who = `process ${pid} on ${host}`
  if (lastKey === undefined) return `${who}: no key was pressed there`
  return `${who}: a key was last pressed ${formatDuration(epochMs(now) - epochMs(lastKey))} ago, at ${lastKey}`
}
