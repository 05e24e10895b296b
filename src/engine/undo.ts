import { undoKey } from './ops.js'
import type { IncidentState, OpState } from './state.js'

/**
 * What was really changed by a step's visit (or by all of them) and still stands, newest first: the
 * order in which undo takes it back. An op in doubt is in the list; it is looked up before anything else.
 */
export const undoList = (state: IncidentState, only?: StepVisit): readonly OpState[] =>
  changedOps(state, only).filter(op => !isUndone(state, op.op))

type StepVisit = { readonly step: string; readonly visit: number }

/** What was really changed, newest first, whether or not it was taken back since. */
export const changedOps = (state: IncidentState, only?: StepVisit): readonly OpState[] =>
  state.opOrder
    .flatMap(key => state.ops[key] ?? [])
    .filter(op => !op.undoes && (op.status === 'finished' || op.status === 'started'))
    .filter(op => !only || (op.step === only.step && op.visit === only.visit))
    .reverse()

/** An op is undone once every undo op that was started for it has finished. */
const isUndone = (state: IncidentState, op: string): boolean => {
  const undos = Object.values(state.ops).filter(({ undoes }) => undoes === op)
  return (
    undos.length > 0 &&
    undos.every(({ op: key, status }) => key.startsWith(undoKey(op)) && status === 'finished')
  )
}
