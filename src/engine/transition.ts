/*
 * The transitions of one frame. Rows: where the frame stands. Columns: the event that completes what is
 * pending there. Whatever is not in the table is an error, on a live run and on replay alike.
 *
 *   arriving     expression.evaluated (when)  -> admitted | passing
 *                step.entered                 -> preparing | waiting | closing
 *                step.skipped                 -> (the next step, or the limit's `then`)
 *   admitted     step.entered                 -> as above
 *   passing      step.skipped                 -> as above
 *   preparing    expression.evaluated         -> checking | planning | asking | closing
 *   checking     check.observed               -> judging | closing
 *   judging      expression.evaluated         -> closing
 *   asking       question.answered            -> closing
 *   planning     plan.made                    -> gating | closing
 *   gating       gate.decided                 -> confirming | closing
 *   confirming   apply.started                -> applying
 *                plan.changed                 -> gating | closing
 *   applying     apply.finished               -> verifying | closing
 *                (incident.resumed            -> interrupted)
 *   interrupted  question.answered            -> applying | undoing | closing
 *   verifying    expression.evaluated         -> verifying | closing
 *                check.observed               -> verifying
 *                timer.fired                  -> verifying
 *   waiting      timer.fired                  -> closing
 *   closing      step.finished                -> arriving | over | deciding
 *   deciding     question.answered            -> arriving | over | undoing
 *   undoing      undo.finished                -> closing
 *   over         incident.ended, dry_run.ended
 *
 * Everywhere: question.asked, op.*, undo.started, note.added, incident.paused, incident.resumed, drill.scored.
 */

import type { Event, RecordedType } from '../domain/event.js'
import { belongs } from './belongs.js'
import { everywhere } from './everywhere.js'
import { frameOf } from './frames.js'
import * as action from './on-action.js'
import * as check from './on-check.js'
import * as on from './on-step.js'
import * as verify from './on-verify.js'
import type { Frame, IncidentState, Phase } from './state.js'

type Handler<T extends RecordedType> = (state: IncidentState, frame: Frame, event: Event<T>) => IncidentState
type Row = { readonly [T in RecordedType]?: Handler<T> }

export const TABLE = {
  arriving: { 'expression.evaluated': on.whenKnown, 'step.entered': on.entered, 'step.skipped': on.skipped },
  admitted: { 'step.entered': on.entered },
  passing: { 'step.skipped': on.skipped },
  preparing: { 'expression.evaluated': on.prepared },
  checking: { 'check.observed': check.observed },
  judging: { 'expression.evaluated': check.judged },
  asking: { 'question.answered': on.answered },
  planning: { 'plan.made': action.planned },
  gating: { 'gate.decided': action.gated },
  confirming: { 'apply.started': action.applyStarted, 'plan.changed': action.planChanged },
  applying: { 'apply.finished': action.applied },
  interrupted: { 'question.answered': action.continued },
  verifying: {
    'expression.evaluated': verify.known,
    'check.observed': verify.looked,
    'timer.fired': verify.paused,
  },
  waiting: { 'timer.fired': on.waited },
  closing: { 'step.finished': on.finished },
  deciding: { 'question.answered': on.decided },
  undoing: { 'undo.finished': action.undone },
  over: { 'incident.ended': on.ended, 'dry_run.ended': on.ended },
} as const satisfies { readonly [P in Phase['at']]: Row }

/** Whether that state accepts that event. */
export const accepts = (state: IncidentState, event: Event): boolean => find(state, event) !== undefined

/** The next state. An event that the state does not accept is a bug, or a journal that was tampered with: ask `accepts` first. */
export const transition = (state: IncidentState, event: Event): IncidentState => {
  const next = find(state, event)
  if (!next) throw new Error(`${event.type} is not accepted ${where(state, event)}`)
  return { ...next(), at: event.at }
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
  if (!frame || state.status !== 'open') return undefined
  const row: Row = TABLE[frame.phase.at]
  // The row's handler for this very type takes this very event; TypeScript cannot pair the two unions.
  const handler = row[event.type] as Handler<RecordedType> | undefined
  return handler && belongs(state, frame, event) ? () => handler(state, frame, event) : undefined
}
