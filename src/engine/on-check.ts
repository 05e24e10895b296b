// Cells of the table in transition.ts: a check step looks, and its `expect` judges what it saw.

import type { Event } from '../domain/event.js'
import { epochMs, toInstant } from '../domain/instant.js'
import type { JsonObject } from '../domain/json.js'
import type { CheckStep, OnInconclusive } from '../domain/runbook.js'
import { close, currentStep, inPhase, onFailed, unmadeCount, withheld } from './frames.js'
import type { CheckObserved, Frame, IncidentState, StepFinished, Then } from './state.js'

export const observed = (state: IncidentState, frame: Frame, event: Event<'check.observed'>): IncidentState => {
  if (frame.phase.at !== 'checking') throw new Error('observed outside checking')
  const step = checkStep(state, frame)
  const { input, looks } = frame.phase
  if (event.data.verdict !== 'inconclusive' && step.expect !== undefined)
    return inPhase(state, frame, { at: 'judging', input, looks, observed: event.data })
  return conclude(state, frame, event, { input, looks, seen: event.data, verdict: event.data.verdict })
}

export const judged = (
  state: IncidentState,
  frame: Frame,
  event: Event<'expression.evaluated'>,
): IncidentState => {
  if (frame.phase.at !== 'judging') throw new Error('judged outside judging')
  const { input, looks, observed: seen } = frame.phase
  const { missing, value } = event.data
  if (missing !== undefined && withheld(state)) return notJudged(state, frame, seen, missing)
  const verdict = value === true ? 'pass' : 'fail'
  const known = missing === undefined ? verdict : 'inconclusive'
  return conclude(state, frame, event, { input, looks, seen, verdict: known })
}

export const lookAgain = (state: IncidentState, frame: Frame): IncidentState => {
  if (frame.phase.at !== 'retrying') throw new Error('looks again outside retrying')
  const { input, looks } = frame.phase
  return inPhase(state, frame, { at: 'checking', input, looks })
}

const OUTCOME_OF = { pass: 'passed', fail: 'failed', inconclusive: 'inconclusive' } as const

type Conclusion = {
  readonly input: JsonObject
  readonly looks: number
  readonly seen: CheckObserved
  readonly verdict: CheckObserved['verdict']
}

const conclude = (
  state: IncidentState,
  frame: Frame,
  event: Event,
  { input, looks, seen, verdict }: Conclusion,
): IncidentState => {
  const step = checkStep(state, frame)
  const { retry } = step
  if (verdict !== 'pass' && retry && looks < retry.times) {
    const due = toInstant(epochMs(event.at) + retry.every)
    return inPhase(state, frame, { at: 'retrying', input, looks: looks + 1, due })
  }
  const finished: Omit<StepFinished, 'step' | 'visit'> = {
    outcome: OUTCOME_OF[verdict],
    ...(seen.output === null ? {} : { output: seen.output }),
    summary: seen.summary,
    ...(seen.failure ? { failure: seen.failure } : {}),
    ...(withheld(state)
      ? { withheld: { status: 'checked', unmade: unmadeBefore(state, input) } as const }
      : {}),
  }
  return close(state, frame, finished, afterVerdict(step, verdict))
}

/** What was seen is real; what it is held against may be what an unmade change would have brought. */
const notJudged = (
  state: IncidentState,
  frame: Frame,
  { output }: CheckObserved,
  missing: string,
): IncidentState =>
  close(
    state,
    frame,
    {
      outcome: 'inconclusive',
      output,
      summary: `${missing} is not known here`,
      withheld: { status: 'not-evaluable', unmade: unmadeCount(state) },
    },
    { to: 'next' },
  )

const afterVerdict = (step: CheckStep, verdict: CheckObserved['verdict']): Then => {
  if (verdict === 'pass') return { to: 'next' }
  return verdict === 'fail' ? onFailed(step.onFailure, step) : onUnclear(step.onInconclusive)
}

const onUnclear = (on: OnInconclusive): Then => {
  if (on.do === 'goto') return { to: 'step', id: on.goto }
  return on.do === 'continue' ? { to: 'next' } : { to: 'ask' }
}

/** Changes shown and not made that this check would have seen: those on its own cluster, where it names one. */
const unmadeBefore = (state: IncidentState, { cluster }: JsonObject): number =>
  typeof cluster === 'string' ? (state.unmade[cluster] ?? 0) : unmadeCount(state)

const checkStep = (state: IncidentState, frame: Frame): CheckStep => {
  const step = currentStep(state, frame)
  if (step.kind !== 'check') throw new Error(`step ${step.id} is no check`)
  return step
}
