// Cells of the table in transition.ts: a check looks again until something has held long enough, be it that an
// action helped or that what a step waits for has come. All times are the events' own, so that it goes on after a
// crash as if nothing had happened.

import { formatDuration } from '../domain/duration.js'
import type { Event } from '../domain/event.js'
import { epochMs, toInstant } from '../domain/instant.js'
import { isJsonObject } from '../domain/json.js'
import type { Step, Until, Verify } from '../domain/runbook.js'
import { againOf, close, currentStep, failureOf, inPhase, unmadeCount, withheld } from './frames.js'
import { inAll, withoutSoFar } from './so-far.js'
import type { Frame, IncidentState, Phase, StepFinished, Verifying } from './state.js'

export const beginVerify = (
  state: IncidentState,
  frame: Frame,
  event: Event<'apply.finished'>,
): IncidentState => {
  const applied = inAll(frame, event.data)
  return put(state, withoutSoFar(frame), { stage: 'preparing', since: event.at, applied })
}

/** A step that waits for something: judged at once, and before every judgement by one more look where it names a check. */
export const beginUntil = (state: IncidentState, frame: Frame, { again }: Until, event: Event): IncidentState =>
  put(state, frame, { stage: again === undefined ? 'judging' : 'preparing', since: event.at })

export const known = (
  state: IncidentState,
  frame: Frame,
  event: Event<'expression.evaluated'>,
): IncidentState => {
  const now = verifying(frame)
  const { value, missing } = event.data
  if (now.stage === 'preparing') {
    if (!isJsonObject(value)) return failed(state, frame, `${missing ?? 'its input'} is not known`)
    return put(state, frame, { ...now, stage: 'looking', input: value })
  }
  return weigh(state, frame, event, value === true)
}

export const looked = (state: IncidentState, frame: Frame, event: Event<'check.observed'>): IncidentState => {
  const { kind } = currentStep(state, frame)
  const again = againOf(state, frame)
  const byWord = kind === 'wait' || again.expect !== undefined
  if (byWord && event.data.verdict !== 'inconclusive')
    return put(state, frame, { ...verifying(frame), stage: 'judging', observed: event.data })
  return weigh(state, frame, event, event.data.verdict === 'pass')
}

export const paused = (state: IncidentState, frame: Frame): IncidentState => {
  const stage = watchOf(currentStep(state, frame)).again === undefined ? 'judging' : 'looking'
  return put(state, frame, { ...verifying(frame), stage })
}

/** Inconclusive never counts as held: what is not seen is not fine. */
const weigh = (state: IncidentState, frame: Frame, event: Event, holds: boolean): IncidentState => {
  const watch = watchOf(currentStep(state, frame))
  const { heldSince: before, ...now } = verifying(frame)
  const at = epochMs(event.at)
  const heldSince = holds ? (before ?? event.at) : undefined
  if (heldSince !== undefined && at - epochMs(heldSince) >= watch.hold) return held(state, frame)
  if (withheld(state)) return notAwaited(state, frame)
  const deadline = epochMs(now.since) + watch.within
  if (at >= deadline) return failed(state, frame, `not seen to hold within ${formatDuration(watch.within)}`)
  return put(state, frame, {
    ...now,
    ...(heldSince === undefined ? {} : { heldSince }),
    stage: 'pausing',
    due: toInstant(Math.min(nextLook(watch, at, heldSince), deadline)),
  })
}

/** The next look, or the moment at which it will have held long enough where that comes first. */
const nextLook = ({ every, hold }: Watch, at: number, heldSince: string | undefined): number =>
  heldSince === undefined ? at + every : Math.min(at + every, epochMs(heldSince) + hold)

const held = (state: IncidentState, frame: Frame): IncidentState => {
  const { applied } = verifying(frame)
  const finished: Finished = applied
    ? { outcome: 'applied', output: applied.output, summary: `${applied.summary}; verified` }
    : { outcome: 'done', summary: `it holds: ${watchOf(currentStep(state, frame)).what}` }
  return close(state, frame, finished, { to: 'next' })
}

const failed = (state: IncidentState, frame: Frame, why: string): IncidentState => {
  const step = currentStep(state, frame)
  const { applied } = verifying(frame)
  const { what } = watchOf(step)
  const finished: Finished = applied
    ? { outcome: 'failed', output: applied.output, summary: `${applied.summary}; ${what}: ${why}` }
    : { outcome: 'failed', summary: `${what}: ${why}` }
  return close(state, frame, finished, failureOf(step))
}

/** What would have to come first was not brought about: a rehearsal does not wait for it. */
const notAwaited = (state: IncidentState, frame: Frame): IncidentState =>
  close(
    state,
    frame,
    {
      outcome: 'inconclusive',
      summary: `would wait for it: ${watchOf(currentStep(state, frame)).what}`,
      withheld: { status: 'not-evaluable', unmade: unmadeCount(state) },
    },
    { to: 'next' },
  )

/** Nothing went on for so long (milliseconds): what has its time gets that back. */
export const laterBy = (phase: Phase, gap: number): Phase => {
  if (phase.at === 'verifying') return { ...phase, verify: withTimeBack(phase.verify, gap) }
  const due = phase.at === 'inside' ? phase.inside.due : undefined
  if (phase.at !== 'inside' || due === undefined) return phase
  return { ...phase, inside: { ...phase.inside, due: toInstant(epochMs(due) + gap) } }
}

/** Something else was done meanwhile: a plan that waited was made before that, and is made again. */
export const anew = (phase: Phase, took: number): Phase =>
  phase.at === 'gating' || phase.at === 'confirming'
    ? { at: 'planning', input: { ...phase.plan.with } }
    : laterBy(phase, took)

/** What held before nobody looked does not count. */
const withTimeBack = ({ heldSince, ...verify }: Verifying, gap: number): Verifying =>
  gap > 0
    ? { ...verify, since: toInstant(epochMs(verify.since) + gap) }
    : { ...verify, ...(heldSince === undefined ? {} : { heldSince }) }

type Finished = Omit<StepFinished, 'step' | 'visit'>

/** What is looked for, how long it must hold, and how long there is for that. */
type Watch = Pick<Verify, 'hold' | 'within' | 'every'> & { readonly again?: string; readonly what: string }

const watchOf = (step: Step): Watch => {
  if (step.kind === 'action' && step.verify) return { ...step.verify, what: step.verify.again }
  if (step.kind === 'wait' && typeof step.wait === 'object')
    return { ...step.wait, hold: 0, what: step.wait.until }
  throw new Error(`step ${step.id} looks at nothing`)
}

const put = (state: IncidentState, frame: Frame, verify: Verifying): IncidentState =>
  inPhase(state, frame, { at: 'verifying', verify })

const verifying = (frame: Frame): Verifying => {
  if (frame.phase.at !== 'verifying') throw new Error('verification outside verifying')
  return frame.phase.verify
}
