import type { Visit } from '../domain/event.js'
import { undoKey } from './ops.js'
import type { IncidentState, OpState } from './state.js'

/** Step id of an undo's own events; its visit is its number. */
export const UNDO = 'undo'

export const undoFrame = (visit: number): string => `${UNDO}#${visit}`

/**
 * What was really changed by a step's visit (or by all of them) and still stands, newest first: the
 * order in which undo takes it back. An op in doubt is in the list; it is looked up before anything else.
 */
export const undoList = (state: IncidentState, only?: Visit): readonly OpState[] =>
  changedOps(state, only).filter(op => !isUndone(state, op))

/** What was really changed, newest first, whether or not it was taken back since. */
export const changedOps = (state: IncidentState, only?: Visit): readonly OpState[] =>
  state.opOrder
    .flatMap(key => state.ops[key] ?? [])
    .filter(op => !op.undoes && (op.status === 'finished' || op.status === 'started'))
    .filter(op => !only || isSame(op, only))
    .reverse()

/** Visits whose changes still stand, newest first. Looks stand for nothing. */
export const undoableVisits = (state: IncidentState, step?: string): readonly Visit[] => {
  const visits: Visit[] = []
  for (const op of undoList(state).filter(({ look }) => !look))
    if ((step === undefined || op.step === step) && !visits.some(visit => isSame(visit, op)))
      visits.push({ step: op.step, visit: op.visit })
  return visits
}

/** Whether an undo of that visit was begun: its apply cannot simply go on. */
export const isBeingUndone = (state: IncidentState, visit: Visit): boolean =>
  Object.values(state.ops).some(op => op.undoes !== undefined && isSame(op, visit))

export const isSame = (a: Visit, b: Visit): boolean => a.step === b.step && a.visit === b.visit

/** 0.1.0 did not write down which ops were taken back whole: there, all of an op's undo ops have finished. */
const isUndone = (state: IncidentState, op: OpState): boolean => {
  if (op.undone) return true
  if (state.undos > 0) return false
  const undos = Object.values(state.ops).filter(({ undoes }) => undoes === op.op)
  return (
    undos.length > 0 &&
    undos.every(({ op: key, status }) => key.startsWith(undoKey(op.op)) && status === 'finished')
  )
}

/** The undo that is under way; undefined where none is. */
export const openUndo = (state: IncidentState) => Object.values(state.frames).find(({ of }) => of)
