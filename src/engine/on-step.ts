// Cells of the table in transition.ts: arriving at a step, preparing it, questions, closing it.
// Checks, actions and verification have files of their own.

import type { Event } from '../domain/event.js'
import { epochMs, toInstant } from '../domain/instant.js'
import { isJsonObject } from '../domain/json.js'
import type { Step } from '../domain/runbook.js'
import { goInside } from './blocks.js'
import { handOn, proceed, withDefaults } from './control.js'
import { close, currentStep, inPhase, jumpTo, unmadeCount, withheld } from './frames.js'
import { beginUntil } from './on-verify.js'
import { withoutSoFar } from './so-far.js'
import type { Called, Frame, IncidentState, StepFinished, StepResult } from './state.js'

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
  ...withoutSoFar(frame),
  visits: { ...frame.visits, [step]: visit },
  counts: { ...frame.counts, [step]: (frame.counts[step] ?? 0) + 1 },
})

const start = (state: IncidentState, frame: Frame, step: Step, event: Event): IncidentState => {
  switch (step.kind) {
    case 'wait':
      return typeof step.wait === 'number'
        ? inPhase(state, frame, { at: 'waiting', due: toInstant(epochMs(event.at) + step.wait) })
        : beginUntil(state, frame, step.wait, event)
    case 'parallel':
      return goInside(
        state,
        frame,
        step.parallel.map(({ name }, index) => ({ name, steps: index })),
        event,
      )
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
  if (step.kind === 'each') return forEach(state, frame, event)
  if (!isJsonObject(value)) throw new Error(`step ${step.id} was prepared with something that is no object`)
  const text = String(value.text ?? '')
  switch (step.kind) {
    case 'check':
      return inPhase(state, frame, { at: 'checking', input: value, looks: 0 })
    case 'action':
      return inPhase(state, frame, { at: 'planning', input: value })
    case 'run':
      return call(state, frame, { runbook: step.run.runbook, inputs: value }, event)
    case 'notify':
      return notify(state, frame, text)
    default:
      return inPhase(state, frame, { at: 'asking', text, labels: labelsOf(value.labels) })
  }
}

/** A frame for each item, in the order of the list. */
const forEach = (state: IncidentState, frame: Frame, event: Event<'expression.evaluated'>): IncidentState => {
  const items = event.data.value
  if (!Array.isArray(items)) throw new Error('an `each` was prepared with something that is no list')
  return goInside(
    state,
    frame,
    items.map((item, index) => ({ name: String(index), steps: 0, item })),
    event,
  )
}

const call = (state: IncidentState, frame: Frame, called: Called, event: Event): IncidentState => {
  const inputs = withDefaults(state, called)
  return goInside(state, frame, [{ name: called.runbook, called: { ...called, inputs } }], event)
}

/** A withheld run tells nobody anything. */
const notify = (state: IncidentState, frame: Frame, text: string): IncidentState =>
  withheld(state)
    ? close(state, frame, { outcome: 'would-change', summary: `would tell: ${text}` }, { to: 'next' })
    : inPhase(state, frame, { at: 'notifying', text })

export const notified = (state: IncidentState, frame: Frame, event: Event<'notice.sent'>): IncidentState =>
  close(state, frame, { outcome: 'done', summary: `told ${event.data.to ?? 'all'}` }, { to: 'next' })

/** The inputs of the runbook that control is handed over to are known; or they are not, and it stays here. */
export const handed = (
  state: IncidentState,
  frame: Frame,
  event: Event<'expression.evaluated'>,
): IncidentState => {
  if (frame.phase.at !== 'handing') throw new Error('handed over outside handing')
  const { call: to, finished: last } = frame.phase
  const { value, missing } = event.data
  if (isJsonObject(value)) return handOn(state, frame, { runbook: to.runbook, inputs: value })
  const summary = `${missing ?? 'an input'} is not known here, and ${to.runbook} needs it`
  return proceed(state, frame, { to: 'ask' }, { ...last, outcome: 'failed', summary })
}

const branched = (state: IncidentState, frame: Frame, event: Event<'expression.evaluated'>): IncidentState => {
  const step = currentStep(state, frame)
  const arm =
    step.kind === 'branch' && typeof event.data.value === 'number' ? step.branch[event.data.value] : undefined
  if (!arm) throw new Error(`step ${step.id} has no arm ${String(event.data.value)}`)
  const target = arm.goto ?? arm.end ?? arm.run?.runbook ?? 'the next step'
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
