// Cells of the table in transition.ts: what the operator answers to a step's question, or about a step that failed.

import type { Event } from '../domain/event.js'
import { proceed } from './control.js'
import { close, currentStep, failureOf, inPhase, jumpTo, placeOf, withheld } from './frames.js'
import { moved } from './on-verb.js'
import { questionAt } from './questions.js'
import type { Frame, IncidentState, StepFinished, Then } from './state.js'
import { isMove } from './verbs.js'

export const answered = (
  state: IncidentState,
  frame: Frame,
  event: Event<'question.answered'>,
): IncidentState => {
  const elsewhere = byVerb(state, frame, event)
  if (elsewhere) return elsewhere
  const step = currentStep(state, frame)
  if (step.kind === 'manual') return manualAnswered(state, frame, event)
  const choice = step.kind === 'ask' ? step.choices.find(({ key }) => key === event.data.option) : undefined
  if (!choice) throw new Error(`step ${step.id} has no choice ${event.data.option}`)
  const counts = choice.reset ? { ...frame.counts, [choice.reset]: 0 } : frame.counts
  const label = frame.phase.at === 'asking' ? frame.phase.labels[choice.key] : undefined
  return close(
    state,
    { ...frame, counts },
    { outcome: 'answered', output: { choice: choice.key }, summary: label ?? choice.key },
    jumpTo(choice, `${step.id}: ${choice.key}, answered by ${event.data.by}`),
  )
}

/** Where a verb leads; a choice of the runbook goes before a verb of the same name. */
const byVerb = (
  state: IncidentState,
  frame: Frame,
  event: Event<'question.answered'>,
): IncidentState | undefined => {
  const { option } = event.data
  const isOwn = () => questionAt(state, frame)?.options.some(({ key }) => key === option) === true
  return isMove(option) && !isOwn() ? moved(state, frame, event) : undefined
}

const manualAnswered = (
  state: IncidentState,
  frame: Frame,
  event: Event<'question.answered'>,
): IncidentState => {
  const step = currentStep(state, frame)
  if (event.data.option === 'done') return close(state, frame, byHand(state), { to: 'next' })
  return close(state, frame, { outcome: 'failed', summary: 'could not be done' }, failureOf(step))
}

const byHand = (state: IncidentState) =>
  withheld(state)
    ? ({ outcome: 'would-change', summary: 'would be done by hand' } as const)
    : ({ outcome: 'done', summary: 'done by hand' } as const)

/** The operator's word on a step that failed, or that could not tell. */
export const decided = (
  state: IncidentState,
  frame: Frame,
  event: Event<'question.answered'>,
): IncidentState => {
  if (frame.phase.at !== 'deciding') throw new Error('decided outside deciding')
  const { finished: last } = frame.phase
  const elsewhere = byVerb(state, frame, event)
  if (elsewhere) return elsewhere
  const step = currentStep(state, frame)
  switch (event.data.option) {
    case 'retry':
      return proceed(state, frame, { to: 'step', id: last.step }, last)
    case 'undo':
      return inPhase(state, frame, {
        at: 'undoing',
        back: frame.phase,
        of: [placeOf(frame, step)],
        by: event.data.by,
      })
    case 'leave':
      return proceed(state, frame, { to: 'end', outcome: 'aborted', because: `${last.step} failed` }, last)
    case 'abort':
      return proceed(state, frame, { to: 'abort', because: `aborted at ${last.step}` }, last)
    case 'pass':
    case 'fail':
      return supplied(state, frame, event, last)
    default:
      return proceed(state, frame, { to: 'next' }, last)
  }
}

/** The operator's own verdict in place of an inconclusive one, marked as such. */
const supplied = (
  state: IncidentState,
  frame: Frame,
  event: Event<'question.answered'>,
  last: StepFinished,
): IncidentState => {
  const passed = event.data.option === 'pass'
  const step = currentStep(state, frame)
  const judged = {
    ...last,
    outcome: passed ? 'passed' : 'failed',
    summary: `${last.summary} (judged by ${event.data.by})`,
  } as const
  const then: Then = passed ? { to: 'next' } : failureOf(step)
  return inPhase(state, frame, { at: 'closing', finished: judged, then })
}
