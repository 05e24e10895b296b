// Cells of the table in transition.ts: arriving at a step, preparing it, questions, closing it.
// Checks, actions and verification have files of their own.

import type { Event } from '../domain/event.js'
import { epochMs, toInstant } from '../domain/instant.js'
import { isJsonObject } from '../domain/json.js'
import type { OnFailure, Step } from '../domain/runbook.js'
import { close, currentStep, inPhase, jumpTo, onFailed, proceed, unmadeCount, withheld } from './frames.js'
import { moved } from './on-verb.js'
import { questionAt } from './questions.js'
import type { Frame, IncidentState, StepFinished, StepResult, Then } from './state.js'
import { isMove } from './verbs.js'

export const whenKnown = (
  state: IncidentState,
  frame: Frame,
  event: Event<'expression.evaluated'>,
): IncidentState => {
  // Not known is not the same as not true: on a real fleet the operator decides, and the visit counts.
  if (event.data.missing !== undefined && !withheld(state))
    return notEvaluable(state, counted(frame, event.data.step, event.data.visit), event.data.missing)
  return inPhase(
    state,
    frame,
    event.data.value === true ? { at: 'admitted' } : { at: 'passing', reason: 'when' },
  )
}

export const skipped = (state: IncidentState, frame: Frame, event: Event<'step.skipped'>): IncidentState => {
  const step = currentStep(state, frame)
  if (event.data.reason === 'limit' && step.limit)
    return proceed(state, frame, { to: 'step', id: step.limit.then }, stubFinished(event))
  // What an earlier visit found out is still the latest that is known.
  const before = frame.results[step.id] ?? { predicted: false }
  const passed = remember(frame, step.id, { ...before, outcome: 'skipped', visit: event.data.visit })
  return proceed(state, passed, { to: 'next' }, stubFinished(event))
}

export const entered = (state: IncidentState, frame: Frame, event: Event<'step.entered'>): IncidentState => {
  const step = currentStep(state, frame)
  return start(state, counted(frame, step.id, event.data.visit), step, event)
}

const counted = (frame: Frame, step: string, visit: number): Frame => ({
  ...frame,
  visits: { ...frame.visits, [step]: visit },
  counts: { ...frame.counts, [step]: (frame.counts[step] ?? 0) + 1 },
})

const start = (state: IncidentState, frame: Frame, step: Step, event: Event): IncidentState => {
  switch (step.kind) {
    case 'wait':
      return inPhase(state, frame, { at: 'waiting', due: toInstant(epochMs(event.at) + step.wait) })
    case 'goto':
      return close(
        state,
        frame,
        { outcome: 'done', summary: `on to ${step.goto}` },
        { to: 'step', id: step.goto },
      )
    case 'end':
      return close(state, frame, { outcome: 'done', summary: step.end }, jumpTo(step, `step ${step.id}`))
    default:
      return inPhase(state, frame, { at: 'preparing' })
  }
}

export const prepared = (
  state: IncidentState,
  frame: Frame,
  event: Event<'expression.evaluated'>,
): IncidentState => {
  const step = currentStep(state, frame)
  const { value, missing } = event.data
  if (missing !== undefined) return notEvaluable(state, frame, missing)
  if (step.kind === 'branch') return branched(state, frame, event)
  if (!isJsonObject(value)) throw new Error(`step ${step.id} was prepared with something that is no object`)
  if (step.kind === 'check') return inPhase(state, frame, { at: 'checking', input: value })
  if (step.kind === 'action') return inPhase(state, frame, { at: 'planning', input: value })
  return inPhase(state, frame, {
    at: 'asking',
    text: String(value.text ?? ''),
    labels: labelsOf(value.labels),
  })
}

const branched = (state: IncidentState, frame: Frame, event: Event<'expression.evaluated'>): IncidentState => {
  const step = currentStep(state, frame)
  const arm =
    step.kind === 'branch' && typeof event.data.value === 'number' ? step.branch[event.data.value] : undefined
  if (!arm) throw new Error(`step ${step.id} has no arm ${String(event.data.value)}`)
  const target = arm.goto ?? arm.end ?? 'the next step'
  return close(
    state,
    frame,
    { outcome: 'done', output: { to: target }, summary: `${arm.if ?? 'otherwise'}: ${target}` },
    jumpTo(arm, `branch ${step.id}`),
  )
}

/** A withheld run cannot know what an unmade change would have brought; a real one that lacks a value has failed. */
const notEvaluable = (state: IncidentState, frame: Frame, missing: string): IncidentState => {
  const summary = `${missing} is not known here`
  if (withheld(state)) {
    const withheldAs = { status: 'not-evaluable', unmade: unmadeCount(state) } as const
    return close(state, frame, { outcome: 'inconclusive', summary, withheld: withheldAs }, { to: 'next' })
  }
  const failure = {
    kind: 'user',
    code: 'expression.failed',
    message: summary,
    next: 'retry once it is known, or abort and mend the runbook',
  } as const
  return close(state, frame, { outcome: 'failed', summary, failure }, { to: 'ask' })
}

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
  const onFailure: OnFailure = 'onFailure' in step ? step.onFailure : { do: 'ask' }
  return close(state, frame, { outcome: 'failed', summary: 'could not be done' }, onFailed(onFailure, step))
}

const byHand = (state: IncidentState) =>
  withheld(state)
    ? ({ outcome: 'would-change', summary: 'would be done by hand' } as const)
    : ({ outcome: 'done', summary: 'done by hand' } as const)

export const waited = (state: IncidentState, frame: Frame): IncidentState =>
  close(state, frame, { outcome: 'done', summary: 'the time is over' }, { to: 'next' })

export const finished = (state: IncidentState, frame: Frame, event: Event<'step.finished'>): IncidentState => {
  if (frame.phase.at !== 'closing') throw new Error('step.finished outside closing')
  const { outcome, output, visit, withheld: held } = event.data
  const result: StepResult = {
    outcome,
    visit,
    predicted: held?.status === 'would-change',
    ...(output === undefined ? {} : { output }),
  }
  return proceed(
    countFidelity(state, held),
    remember(frame, event.data.step, result),
    frame.phase.then,
    event.data,
  )
}

const countFidelity = (state: IncidentState, held: StepFinished['withheld']): IncidentState => {
  if (!held) return state
  const { status } = held
  const key = status === 'checked' && held.unmade > 0 ? 'checked-before-unmade' : status
  return { ...state, fidelity: { ...state.fidelity, [key]: state.fidelity[key] + 1 } }
}

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
  switch (event.data.option) {
    case 'retry':
      return proceed(state, frame, { to: 'step', id: last.step }, last)
    case 'undo':
      return inPhase(state, frame, { at: 'undoing', back: frame.phase, of: [last], by: event.data.by })
    case 'abort':
      return proceed(state, frame, { to: 'end', outcome: 'aborted', because: `aborted at ${last.step}` }, last)
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
  const then: Then = passed
    ? { to: 'next' }
    : onFailed('onFailure' in step ? step.onFailure : { do: 'ask' }, step)
  return inPhase(state, frame, { at: 'closing', finished: judged, then })
}

export const ended = (
  state: IncidentState,
  _frame: Frame,
  event: Event<'incident.ended' | 'dry_run.ended'>,
): IncidentState => ({
  ...state,
  status: 'ended',
  outcome: event.data.outcome,
  because: event.data.because,
})

const remember = (frame: Frame, step: string, result: StepResult): Frame => ({
  ...frame,
  results: { ...frame.results, [step]: result },
})

const stubFinished = (event: Event<'step.skipped'>): StepFinished => ({
  step: event.data.step,
  visit: event.data.visit,
  outcome: 'skipped',
  summary: event.data.reason,
})

const labelsOf = (value: unknown): { readonly [key: string]: string } =>
  isJsonObject(value)
    ? Object.fromEntries(Object.entries(value).map(([key, label]) => [key, String(label)]))
    : {}
