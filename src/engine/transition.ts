/*
 * The transitions of one frame. Rows: where the frame stands. Columns: the event that completes what is
 * pending there. Whatever is not in the table is an error, on a live run and on replay alike.
 *
 *   arriving     expression.evaluated (when)  -> admitted | passing
 *                step.entered                 -> preparing | waiting | verifying | inside | closing
 *                step.skipped                 -> (the next step, or the limit's `then`)
 *   admitted     step.entered                 -> as above
 *   passing      step.skipped                 -> as above
 *   preparing    expression.evaluated         -> checking | planning | asking | notifying | inside | closing
 *   checking     check.observed               -> judging | retrying | closing
 *   judging      expression.evaluated         -> retrying | closing
 *   retrying     timer.fired                  -> checking
 *   notifying    notice.sent                  -> closing
 *   inside       timer.fired                  -> inside | closing
 *                (its frames go on; the last of them to end leads on)  -> closing
 *   asking       question.answered            -> closing | undoing
 *   planning     plan.made                    -> gating | closing
 *   gating       gate.decided                 -> confirming | closing
 *                guardrail.overridden         -> gating
 *                question.answered (a verb)   -> closing | planning | undoing
 *   confirming   apply.started                -> applying
 *                plan.changed                 -> gating | closing
 *   applying     apply.finished               -> planning | verifying | closing
 *                budget.exhausted             -> applying
 *                question.answered (budget)   -> applying
 *                (incident.resumed            -> interrupted)
 *   interrupted  question.answered            -> applying | undoing | over
 *   verifying    expression.evaluated         -> verifying | closing
 *                check.observed               -> verifying
 *                timer.fired                  -> verifying
 *   waiting      timer.fired                  -> closing
 *   closing      step.finished                -> arriving | over | deciding | undoing | handing | (gone)
 *   deciding     question.answered            -> arriving | over | undoing | closing | (gone)
 *   handing      expression.evaluated         -> (another frame, of the runbook that it leads to) | deciding
 *   undoing      (undo.started adds the frame of an undo; its end leads back to where this one was)
 *                undo.finished (0.1.0)        -> closing
 *   over         incident.ended, dry_run.ended
 *
 * A step with steps inside opens a frame for each list of them, and stands `inside` until all are gone. Where one
 * fails, those beside it finish what is in flight and begin nothing new.
 *
 * The frame of an undo, `undo#N`; while there is one, no other frame has anything to do:
 *
 *   planning     plan.made                    -> gating | leaving
 *   gating       gate.decided                 -> confirming | leaving
 *                guardrail.overridden         -> gating
 *   confirming   apply.started                -> applying
 *                plan.changed                 -> gating | leaving
 *   applying     undo.finished                -> (gone)
 *                (incident.resumed            -> interrupted)
 *   interrupted  question.answered            -> applying | leaving
 *   leaving      undo.finished                -> (gone)
 *
 * The frame of an action beside the runbook, `do#N`, begins `preparing`, goes by the rows of any other action, and is
 * gone when it is closed; while there is one, no frame but that of an undo has anything to do:
 *
 *   (step.entered with the action -> preparing)
 *   closing      step.finished                -> (gone)
 *   interrupted  question.answered            -> applying | undoing | closing
 *
 * Where an action is all of an incident, what it comes to ends that:  closing  step.finished -> over
 *
 * Everywhere: question.asked, op.*, undo.started, note.added, notice.sent, posture.*, lock.*, owner.taken,
 * definition.changed, incident.paused, incident.resumed, drill.scored.
 */

import type { Event, RecordedType } from '../domain/event.js'
import { openDo } from './alone.js'
import { belongs } from './belongs.js'
import { late } from './blocks.js'
import { everywhere } from './everywhere.js'
import { beginApply, frameOf } from './frames.js'
import * as action from './on-action.js'
import * as check from './on-check.js'
import * as question from './on-question.js'
import * as on from './on-step.js'
import * as undo from './on-undo.js'
import * as verify from './on-verify.js'
import { countAnswer } from './questions.js'
import type { Frame, IncidentState, Phase } from './state.js'
import { openUndo } from './undo.js'

type Handler<T extends RecordedType> = (state: IncidentState, frame: Frame, event: Event<T>) => IncidentState
type Row = { readonly [T in RecordedType]?: Handler<T> }

export const TABLE = {
  arriving: { 'expression.evaluated': on.whenKnown, 'step.entered': on.entered, 'step.skipped': on.skipped },
  admitted: { 'step.entered': on.entered },
  passing: { 'step.skipped': on.skipped },
  preparing: { 'expression.evaluated': on.prepared },
  checking: { 'check.observed': check.observed },
  judging: { 'expression.evaluated': check.judged },
  retrying: { 'timer.fired': check.lookAgain },
  notifying: { 'notice.sent': on.notified },
  inside: { 'timer.fired': late },
  asking: { 'question.answered': question.answered },
  planning: { 'plan.made': action.planned },
  gating: {
    'gate.decided': action.gated,
    'guardrail.overridden': action.overridden,
    'question.answered': action.elsewhere,
  },
  confirming: { 'apply.started': action.applyStarted, 'plan.changed': action.planChanged },
  applying: {
    'apply.finished': action.applied,
    'budget.exhausted': action.exhausted,
    'question.answered': action.granted,
  },
  interrupted: { 'question.answered': action.continued },
  verifying: {
    'expression.evaluated': verify.known,
    'check.observed': verify.looked,
    'timer.fired': verify.paused,
  },
  waiting: { 'timer.fired': on.waited },
  closing: { 'step.finished': on.finished },
  deciding: { 'question.answered': question.decided },
  handing: { 'expression.evaluated': on.handed },
  undoing: { 'undo.finished': action.undoneInPlace },
  leaving: {},
  over: { 'incident.ended': on.ended, 'dry_run.ended': on.ended },
} as const satisfies { readonly [P in Phase['at']]: Row }

export const UNDO_TABLE = {
  planning: { 'plan.made': undo.planned },
  gating: { 'gate.decided': undo.gated, 'guardrail.overridden': action.overridden },
  confirming: { 'apply.started': beginApply, 'plan.changed': undo.planned },
  applying: { 'undo.finished': undo.over },
  interrupted: { 'question.answered': undo.continued },
  leaving: { 'undo.finished': undo.over },
} as const satisfies { readonly [P in Phase['at']]?: Row }

/** The state after that event; undefined where it is not accepted. */
export const next = (state: IncidentState, event: Event): IncidentState | undefined => {
  const after = find(state, event)?.()
  if (!after) return undefined
  return { ...(event.type === 'question.answered' ? countAnswer(after, event.data) : after), at: event.at }
}

/** The same, where an event that is not accepted is a bug. */
export const transition = (state: IncidentState, event: Event): IncidentState => {
  const after = next(state, event)
  if (!after) throw new Error(`${event.type} is not accepted ${where(state, event)}`)
  return after
}

/** Words for a place, for errors. */
export const where = (state: IncidentState, event: Event): string => {
  const frame = frameOf(state, event)
  return frame ? `in phase ${frame.phase.at} of frame ${frame.path}` : `while the incident is ${state.status}`
}

const find = (state: IncidentState, event: Event): (() => IncidentState) | undefined => {
  const anywhere = everywhere(state, event)
  if (anywhere) return anywhere
  const frame = frameOf(state, event)
  if (!frame || !isAtWork(state, frame)) return undefined
  const table: { readonly [P in Phase['at']]?: Row } = frame.of ? UNDO_TABLE : TABLE
  const row = table[frame.phase.at] ?? {}
  // The row's handler for this very type takes this very event; TypeScript cannot pair the two unions.
  const handler = row[event.type] as Handler<RecordedType> | undefined
  return handler && belongs(state, frame, event) ? () => handler(state, frame, event) : undefined
}

/**
 * What was done can still be taken back after the end; a paused incident stands still. While something is taken back
 * all else stands still, and while an action is done beside the runbook, that does.
 */
const isAtWork = (state: IncidentState, frame: Frame): boolean => {
  const { status } = state
  if (frame.of) return status === 'open' || status === 'ended'
  if (status !== 'open' || openUndo(state)) return false
  return frame.doing !== undefined || openDo(state) === undefined
}
