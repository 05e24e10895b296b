// Cells of the table in transition.ts: after an action, its check looks again until it has held long enough.
// All times are the events' own, so that a verification goes on after a crash as if nothing had happened.

import { formatDuration } from '../domain/duration.js'
import type { Event } from '../domain/event.js'
import { epochMs, toInstant } from '../domain/instant.js'
import { isJsonObject } from '../domain/json.js'
import type { ActionStep, Verify } from '../domain/runbook.js'
import { close, currentStep, inPhase, onFailed } from './frames.js'
import type { Frame, IncidentState, Verifying } from './state.js'

export const beginVerify = (
  state: IncidentState,
  frame: Frame,
  event: Event<'apply.finished'>,
): IncidentState => {
  const { output, summary } = event.data
  return put(state, frame, { stage: 'preparing', since: event.at, applied: { output, summary } })
}

export const known = (
  state: IncidentState,
  frame: Frame,
  event: Event<'expression.evaluated'>,
): IncidentState => {
  const now = verifying(frame)
  if (now.stage === 'preparing') {
    if (!isJsonObject(event.data.value))
      return failed(state, frame, `${event.data.missing ?? 'its input'} is not known`)
    return put(state, frame, { ...now, stage: 'looking', input: event.data.value })
  }
  return weigh(state, frame, event, event.data.value === true)
}

export const looked = (state: IncidentState, frame: Frame, event: Event<'check.observed'>): IncidentState => {
  const { verify } = step(state, frame)
  const again = state.opened?.definition.steps.find(({ id }) => id === verify.again)
  const judged = again?.kind === 'check' && again.expect !== undefined && event.data.verdict !== 'inconclusive'
  if (judged) return put(state, frame, { ...verifying(frame), stage: 'judging', observed: event.data })
  return weigh(state, frame, event, event.data.verdict === 'pass')
}

export const paused = (state: IncidentState, frame: Frame): IncidentState =>
  put(state, frame, { ...verifying(frame), stage: 'looking' })

/** Inconclusive never counts as held: what is not seen is not fine. */
const weigh = (state: IncidentState, frame: Frame, event: Event, holds: boolean): IncidentState => {
  const { verify } = step(state, frame)
  const { heldSince: before, ...now } = verifying(frame)
  const at = epochMs(event.at)
  const heldSince = holds ? (before ?? event.at) : undefined
  if (heldSince !== undefined && at - epochMs(heldSince) >= verify.hold) return held(state, frame)
  const deadline = epochMs(now.since) + verify.within
  if (at >= deadline) return failed(state, frame, `not seen to hold within ${formatDuration(verify.within)}`)
  return put(state, frame, {
    ...now,
    ...(heldSince === undefined ? {} : { heldSince }),
    stage: 'pausing',
    due: toInstant(Math.min(nextLook(verify, at, heldSince), deadline)),
  })
}

/** The next look, or the moment at which it will have held long enough where that comes first. */
const nextLook = (verify: Verify, at: number, heldSince: string | undefined): number =>
  heldSince === undefined ? at + verify.every : Math.min(at + verify.every, epochMs(heldSince) + verify.hold)

const held = (state: IncidentState, frame: Frame): IncidentState => {
  const { applied } = verifying(frame)
  return close(
    state,
    frame,
    { outcome: 'applied', output: applied.output, summary: `${applied.summary}; verified` },
    { to: 'next' },
  )
}

const failed = (state: IncidentState, frame: Frame, why: string): IncidentState => {
  const current = step(state, frame)
  const { applied } = verifying(frame)
  return close(
    state,
    frame,
    {
      outcome: 'failed',
      output: applied.output,
      summary: `${applied.summary}; ${current.verify.again}: ${why}`,
    },
    onFailed(current.onFailure, current),
  )
}

const put = (state: IncidentState, frame: Frame, verify: Verifying): IncidentState =>
  inPhase(state, frame, { at: 'verifying', verify })

const verifying = (frame: Frame): Verifying => {
  if (frame.phase.at !== 'verifying') throw new Error('verification outside verifying')
  return frame.phase.verify
}

const step = (state: IncidentState, frame: Frame): ActionStep & { verify: Verify } => {
  const current = currentStep(state, frame)
  if (current.kind !== 'action' || !current.verify) throw new Error(`step ${current.id} verifies nothing`)
  return { ...current, verify: current.verify }
}
