// Cells of the table in transition.ts: a check step looks, and its `expect` judges what it saw.

import type { Event } from '../domain/event.js'
import type { JsonObject } from '../domain/json.js'
import type { CheckStep, OnInconclusive } from '../domain/runbook.js'
import { close, currentStep, inPhase, onFailed, unmadeCount, withheld } from './frames.js'
import type { CheckObserved, Frame, IncidentState, StepFinished, Then } from './state.js'

export const observed = (state: IncidentState, frame: Frame, event: Event<'check.observed'>): IncidentState => {
  const step = checkStep(state, frame)
  if (event.data.verdict !== 'inconclusive' && step.expect !== undefined)
    return inPhase(state, frame, { at: 'judging', observed: event.data })
  return conclude(state, frame, event.data, event.data.verdict)
}

export const judged = (
  state: IncidentState,
  frame: Frame,
  event: Event<'expression.evaluated'>,
): IncidentState => {
  if (frame.phase.at !== 'judging') throw new Error('judged outside judging')
  const seen = frame.phase.observed
  if (event.data.missing !== undefined) return conclude(state, frame, seen, 'inconclusive')
  return conclude(state, frame, seen, event.data.value === true ? 'pass' : 'fail')
}

const OUTCOME_OF = { pass: 'passed', fail: 'failed', inconclusive: 'inconclusive' } as const

const conclude = (
  state: IncidentState,
  frame: Frame,
  seen: CheckObserved,
  verdict: CheckObserved['verdict'],
): IncidentState => {
  const step = checkStep(state, frame)
  const finished: Omit<StepFinished, 'step' | 'visit'> = {
    outcome: OUTCOME_OF[verdict],
    output: seen.output,
    summary: seen.summary,
    ...(seen.failure ? { failure: seen.failure } : {}),
    ...(withheld(state) ? { withheld: { status: 'checked', unmade: unmadeBefore(state, step) } as const } : {}),
  }
  return close(state, frame, finished, afterVerdict(step, verdict))
}

const afterVerdict = (step: CheckStep, verdict: CheckObserved['verdict']): Then => {
  if (verdict === 'pass') return { to: 'next' }
  return verdict === 'fail' ? onFailed(step.onFailure, step) : onUnclear(step.onInconclusive)
}

const onUnclear = (on: OnInconclusive): Then => {
  if (on.do === 'goto') return { to: 'step', id: on.goto }
  return on.do === 'continue' ? { to: 'next' } : { to: 'ask' }
}

/** Changes shown and not made that this check would have seen: those on its own cluster, where it names one. */
const unmadeBefore = (state: IncidentState, step: CheckStep): number => {
  const frameInput: JsonObject | undefined = inputOf(state)
  const cluster = 'cluster' in step.with ? frameInput?.cluster : undefined
  return typeof cluster === 'string' ? (state.unmade[cluster] ?? 0) : unmadeCount(state)
}

const inputOf = (state: IncidentState): JsonObject | undefined => state.opened?.inputs

const checkStep = (state: IncidentState, frame: Frame): CheckStep => {
  const step = currentStep(state, frame)
  if (step.kind !== 'check') throw new Error(`step ${step.id} is no check`)
  return step
}
