// An undo: a frame of its own, planned and agreed to like any action. Its events, as the runtime would append them.

import type { Draft, WrittenPlace } from '../../src/domain/event.js'
import { failure } from '../../src/domain/result.js'
import { entryOf, valuesOf } from '../../src/domain/table.js'
import { undoKey } from '../../src/engine/ops.js'
import type { OpState } from '../../src/engine/state.js'
import { UNDO, undoFrame, undoList } from '../../src/engine/undo.js'
import { type Incident, plan } from './histories.js'
import { drafts, type Of, type Placed, planned, type Reply, resolved, resumed, visitOf } from './replies.js'

/** The frame that takes those visits back. */
export const undoBegun = (incident: Incident, of: readonly WrittenPlace[]): Reply => {
  const visit = incident.state().undos + 1
  const data = { step: UNDO, visit, of, by: 'operator' } as const
  return drafts({ type: 'undo.started', frame: undoFrame(visit), data })
}

/** What is in doubt is looked up before there is a plan: what the step did has not happened, what takes it back has. */
export const undoPlanned = (incident: Incident, command: Of<'plan-undo'>, made = plan()): Reply => [
  ...settled(incident, command),
  ...planned(command, made),
]

const settled = (incident: Incident, command: Of<'undo' | 'plan-undo'>): Reply =>
  inDoubt(incident, command).flatMap(op => resolved(command, op, op.undoes === undefined ? 'not-done' : 'done'))

const inDoubt = (incident: Incident, { of }: Of<'undo' | 'plan-undo'>): OpState[] =>
  valuesOf(incident.state().ops).filter(
    op => op.status === 'started' && of.some(({ step, visit }) => step === op.step && visit === op.visit),
  )

const backKey = ({ op, target }: OpState): string => `${undoKey(op)}/back@${target}`

/** `cut` leaves an op without its outcome, as a crash would. */
const undoOp = (command: Placed, op: OpState, how: 'finished' | 'failed' | 'cut'): Reply => {
  const ref = { step: op.step, visit: op.visit, op: backKey(op), kind: 'reset', target: op.target }
  const start: Draft = {
    type: 'op.started',
    frame: command.frame,
    data: { ...ref, args: {}, token: ref.op, undoes: op.op },
  }
  if (how === 'cut') return [start]
  if (how === 'finished')
    return [start, { type: 'op.finished', frame: command.frame, data: { ...ref, result: null } }]
  const why = failure('plan.stale', 'somebody moved it', 'find out')
  return [start, { type: 'op.failed', frame: command.frame, data: { ...ref, failure: why } }]
}

/** Takes everything back, newest first; `failed` and `cut` stop at the first. */
export const undone = (
  incident: Incident,
  command: Of<'undo'>,
  how: 'finished' | 'failed' | 'cut' = 'finished',
): Reply => {
  const { ops } = incident.state()
  const list = command.of.flatMap(visit => undoList(incident.state(), visit)).filter(({ look }) => !look)
  const isBack = (op: OpState) => ['finished', 'started'].includes(entryOf(ops, backKey(op))?.status ?? '')
  const todo = list.filter(op => !isBack(op))
  const body = how === 'finished' ? todo : todo.slice(0, 1)
  const left = how === 'finished' ? [] : todo
  const undoneNow = list.filter(op => !left.includes(op)).map(({ op }) => op)
  return [
    ...settled(incident, command),
    ...body.flatMap(op => undoOp(command, op, how)),
    ...(how === 'cut'
      ? resumed()
      : undoFinished(
          command,
          undoneNow,
          left.map(({ op }) => op),
        )),
  ]
}

const undoFinished = (command: Of<'undo'>, done: readonly string[], left: readonly string[] = []): Reply =>
  drafts({
    type: 'undo.finished',
    frame: command.frame,
    data: { ...visitOf(command), outcome: left.length === 0 ? 'undone' : 'failed', left, undone: done },
  })

/** As 0.1.0 wrote it: inside the frame of the step, and without a plan. */
export const undoneIn010 = (op: OpState): Reply => {
  const visit = { step: op.step, visit: op.visit }
  const ref = { ...visit, op: backKey(op), kind: 'reset', target: op.target }
  const frame = 'main'
  return [
    // Its data was of another shape then.
    { type: 'undo.started', frame, data: { ...visit, ops: [op.op] } } as unknown as Draft,
    { type: 'op.started', frame, data: { ...ref, args: {}, token: ref.op, undoes: op.op } },
    { type: 'op.finished', frame, data: { ...ref, result: null } },
    { type: 'undo.finished', frame, data: { ...visit, outcome: 'undone', left: [] } },
  ]
}

export const undoLeft = (command: Of<'leave-undo'>): Reply =>
  drafts({
    type: 'undo.finished',
    frame: command.frame,
    data: { ...visitOf(command), outcome: command.outcome, left: command.left },
  })
