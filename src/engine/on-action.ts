// Cells of the table in transition.ts: an action is planned, agreed to, planned again, applied, perhaps undone.

import { type Event, placeKey, type Visit } from '../domain/event.js'
import type { Plan } from '../domain/plan.js'
import type { Failure } from '../domain/result.js'
import type { ActionStep } from '../domain/runbook.js'
import { withEntry } from '../domain/table.js'
import { proceed } from './control.js'
import { beginApply, close, currentStep, inPhase, onFailed, placeOf, unmadeCount, visitOf } from './frames.js'
import { moved } from './on-verb.js'
import { beginVerify } from './on-verify.js'
import { remembered } from './so-far.js'
import type { Frame, IncidentState, Terms } from './state.js'

export const planned = (state: IncidentState, frame: Frame, event: Event<'plan.made'>): IncidentState => {
  const { plan, failure } = event.data
  return plan
    ? inPhase(state, frame, { at: 'gating', plan, differences: [], overridden: [] })
    : notPlanned(state, frame, failure)
}

/**
 * Nothing to do is no failure. Nor is it one that what the action needs does not answer now: that is the operator's to
 * settle, and the visit does not count. Anything else that keeps a plan from being made is one.
 */
const notPlanned = (state: IncidentState, frame: Frame, failure: Failure | undefined): IncidentState => {
  const step = actionStep(state, frame)
  if (!failure) throw new Error('plan.made carries neither a plan nor a failure')
  if (failure.code === 'plan.nothing-to-do')
    return close(state, frame, { outcome: 'unchanged', summary: failure.message }, { to: 'next' })
  if (failure.code === 'plan.not-now') {
    const counts = { ...frame.counts, [step.id]: Math.max(0, (frame.counts[step.id] ?? 0) - 1) }
    const uncounted = { ...frame, counts }
    return close(state, uncounted, { outcome: 'refused', summary: failure.message, failure }, { to: 'ask' })
  }
  return close(
    state,
    frame,
    { outcome: 'failed', summary: failure.message, failure },
    onFailed(step.onFailure, step),
  )
}

export const gated = (state: IncidentState, frame: Frame, event: Event<'gate.decided'>): IncidentState => {
  const plan = planOf(frame)
  const step = actionStep(state, frame)
  switch (event.data.decision) {
    case 'approved':
      return inPhase(state, frame, { at: 'confirming', plan, terms: termsOf(state, frame, event) })
    case 'withheld':
      return withhold(state, frame, plan)
    case 'declined':
      return close(
        state,
        frame,
        { outcome: 'declined', summary: `declined by ${event.data.by}` },
        onFailed(step.onFailure, step),
      )
    case 'refused':
      // The runbook cannot have meant this: a guardrail's refusal is always the operator's to settle.
      return close(state, frame, { outcome: 'refused', summary: event.data.reasons.join('; ') }, { to: 'ask' })
  }
}

/** A plan that was agreed to keeps the posture that it was agreed under. */
const termsOf = (state: IncidentState, { phase }: Frame, event: Event<'gate.decided'>): Terms => ({
  posture: event.data.posture ?? state.opened?.posture ?? 'conservative',
  overridden: phase.at === 'gating' ? phase.overridden : [],
  tool: state.tool,
})

/** At its gate, the operator goes another way. */
export const elsewhere = (
  state: IncidentState,
  frame: Frame,
  event: Event<'question.answered'>,
): IncidentState => {
  const next = moved(state, frame, event)
  if (!next) throw new Error(`a gate does not know ${event.data.option}`)
  return next
}

/** One guardrail, for the plan that stands at the gate and for no other. */
export const overridden = (
  state: IncidentState,
  frame: Frame,
  event: Event<'guardrail.overridden'>,
): IncidentState => {
  const { phase } = frame
  if (phase.at !== 'gating') throw new Error('overridden outside gating')
  return inPhase(state, frame, { ...phase, overridden: [...phase.overridden, event.data.guardrail] })
}

/** The one place where a withheld run holds an effect back: it never reaches `applying`. */
const withhold = (state: IncidentState, frame: Frame, plan: Plan): IncidentState => {
  const cluster = plan.blast.cluster ?? plan.spends?.cluster ?? 'no cluster'
  const unmade = { ...state.unmade, [cluster]: (state.unmade[cluster] ?? 0) + plan.changes.length }
  const { verify } = actionStep(state, frame)
  const next = verify ? countNotEvaluable({ ...state, unmade }) : { ...state, unmade }
  const assumed = verify ? `; its verification by ${verify.again} is not evaluable, and assumed to pass` : ''
  return close(
    next,
    frame,
    {
      outcome: 'would-change',
      output: plan.predicted,
      summary: `${plan.summary}${assumed}`,
      withheld: { status: 'would-change', unmade: unmadeCount(next) },
    },
    { to: 'next' },
  )
}

const countNotEvaluable = (state: IncidentState): IncidentState => ({
  ...state,
  fidelity: { ...state.fidelity, 'not-evaluable': state.fidelity['not-evaluable'] + 1 },
})

export const applyStarted = (
  state: IncidentState,
  frame: Frame,
  event: Event<'apply.started'>,
): IncidentState => {
  const begun = beginApply(state, frame, event)
  const plan = planOf(frame)
  const step = currentStep(state, frame)
  const key = placeKey(placeOf(frame, step))
  const applied = { action: plan.action, cluster: plan.blast.cluster, locks: plan.locks ?? [] }
  return { ...begun, applied: withEntry(begun.applied, key, applied) }
}

/** The failure budget is exhausted, and the operator said how to go on. */
export const granted = (
  state: IncidentState,
  frame: Frame,
  event: Event<'question.answered'>,
): IncidentState => {
  const { exhausted, ...rest } = state
  if (event.data.option === 'continue' || !exhausted) return { ...rest, failures: 0 }
  // Said once for this plan, however many of its ops still wait; the next plan asks again.
  return { ...state, exhausted: { ...exhausted, stopped: placeKey({ ...event.data, frame: frame.path }) } }
}

export const exhausted = (
  state: IncidentState,
  _frame: Frame,
  event: Event<'budget.exhausted'>,
): IncidentState => ({ ...state, exhausted: event.data })

export const planChanged = (
  state: IncidentState,
  frame: Frame,
  event: Event<'plan.changed'>,
): IncidentState => {
  const { plan, failure, differences } = event.data
  return plan
    ? inPhase(state, frame, { at: 'gating', plan, differences, overridden: [] })
    : notPlanned(state, frame, failure)
}

export const applied = (state: IncidentState, frame: Frame, event: Event<'apply.finished'>): IncidentState => {
  const step = actionStep(state, frame)
  const { outcome, output, summary, failure, next } = event.data
  if (outcome === 'failed')
    return close(
      state,
      frame,
      { outcome: 'failed', output, summary, ...(failure ? { failure } : {}) },
      onFailed(step.onFailure, step),
    )
  if (next && frame.stopping === undefined)
    return inPhase(state, remembered(frame, { output, summary }), { at: 'planning', input: next })
  if (step.verify && frame.stopping === undefined) return beginVerify(state, frame, event)
  return close(state, frame, { outcome: 'applied', output, summary }, { to: 'next' })
}

/** A process died in mid-apply: the operator said how to go on. */
export const continued = (
  state: IncidentState,
  frame: Frame,
  event: Event<'question.answered'>,
): IncidentState => {
  if (frame.phase.at !== 'interrupted') throw new Error('continued outside interrupted')
  const { plan, terms } = frame.phase
  const step = currentStep(state, frame)
  const place = placeOf(frame, step)
  switch (event.data.option) {
    case 'continue':
      return inPhase(state, frame, { at: 'applying', plan, terms: { ...terms, since: event.at } })
    case 'undo':
      return inPhase(state, frame, { at: 'undoing', back: frame.phase, of: [place], by: event.data.by })
    case 'leave':
      return close(
        state,
        frame,
        { outcome: 'failed', summary: 'interrupted, and left as it is' },
        { to: 'next' },
      )
    default:
      return proceed(
        state,
        frame,
        { to: 'abort', because: `aborted inside ${step.id}` },
        { step: place.step, visit: place.visit, outcome: 'failed', summary: 'interrupted' },
      )
  }
}

/** As 0.1.0 wrote it: an undo inside the frame of its own step. */
export const undoneInPlace = (
  state: IncidentState,
  frame: Frame,
  event: Event<'undo.finished'>,
): IncidentState => {
  if (frame.phase.at !== 'undoing') throw new Error('undone outside undoing')
  const { back } = frame.phase
  const step = currentStep(state, frame)
  const visit: Visit = { step: step.id, visit: visitOf(frame, step) }
  const last = back.at === 'deciding' ? back.finished : { ...visit, outcome: 'failed' as const, summary: '' }
  const complete = event.data.outcome === 'undone'
  const summary = complete
    ? 'what this step did is taken back'
    : `undo is not complete: ${event.data.left.join('; ')}`
  const finished = { ...last, outcome: complete ? ('undone' as const) : last.outcome, summary }
  return inPhase(state, frame, { at: 'closing', finished, then: { to: 'ask' } })
}

const planOf = (frame: Frame): Plan => {
  if (!('plan' in frame.phase)) throw new Error(`phase ${frame.phase.at} has no plan`)
  return frame.phase.plan
}

const actionStep = (state: IncidentState, frame: Frame): ActionStep => {
  const step = currentStep(state, frame)
  if (step.kind !== 'action') throw new Error(`step ${step.id} is no action`)
  return step
}
