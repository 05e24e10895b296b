import { type Draft, isWithin, type Place, placeKey, writtenPlace } from '../domain/event.js'
import type { Actor } from '../domain/question.js'
import { valuesOf } from '../domain/table.js'
import { undoKey } from './ops.js'
import type { ByHand, Frame, IncidentState, OpState } from './state.js'

/** Step id of an undo's own events; its visit is its number. */
export const UNDO = 'undo'

export const undoFrame = (visit: number): string => `${UNDO}#${visit}`

/**
 * What was really changed by a step's visit and in the frames inside it (or by all) and still stands, newest first: the
 * order in which undo takes it back. An op in doubt is in the list; it is looked up before anything else.
 */
export const undoList = (state: IncidentState, only?: Place): readonly OpState[] => {
  const undone = undoneBefore(state)
  return changedOps(state, only).filter(op => !op.undone && !undone.has(op.op))
}

/** What was really changed, newest first, whether or not it was taken back since. */
export const changedOps = (state: IncidentState, only?: Place): readonly OpState[] =>
  valuesOf(state.ops)
    .filter(op => !op.undoes && (op.status === 'finished' || op.status === 'started'))
    .filter(op => !only || isWithin(op, only))
    .reverse()

/** The visit that changed something last, of what still stands. */
export const lastUndoable = (state: IncidentState): Place | undefined => {
  const last = undoList(state).find(({ look }) => !look)
  return last && placeOfOp(last)
}

/** Visits whose changes still stand, newest first. Looks stand for nothing. */
export const undoableVisits = (state: IncidentState, step?: string): readonly Place[] => {
  const ops = undoList(state).filter(op => !op.look && (step === undefined || op.step === step))
  return [...new Map(ops.map(op => [placeKey(op), placeOfOp(op)])).values()]
}

/** Whether an undo of that visit was begun: its apply cannot simply go on. */
export const isBeingUndone = (state: IncidentState, place: Place): boolean =>
  valuesOf(state.ops).some(op => op.undoes !== undefined && isWithin(op, place))

/** What was made by hand and stays, where all that was changed is taken back: nothing knows how to take that back. */
export const leftByHand = (state: IncidentState, of: readonly Place[]): readonly string[] => {
  const rest = undoableVisits(state).filter(visit => !of.some(place => isWithin(visit, place)))
  return rest.length > 0 ? [] : state.byHand.map(byHandWords)
}

export const byHandWords = ({ text, targets }: ByHand): string => `by hand, on ${targets.join(', ')}: ${text}`

const placeOfOp = ({ frame, step, visit }: OpState): Place => ({ frame, step, visit })

/** 0.1.0 did not write down which ops were taken back whole: there, all of an op's undo ops have finished. */
const undoneBefore = (state: IncidentState): ReadonlySet<string> => {
  if (state.undos > 0) return new Set()
  const undone = new Map<string, boolean>()
  for (const { op, undoes, status } of valuesOf(state.ops))
    if (undoes !== undefined) {
      const whole = op.startsWith(undoKey(undoes)) && status === 'finished'
      undone.set(undoes, whole && undone.get(undoes) !== false)
    }
  return new Set([...undone].flatMap(([op, whole]) => (whole ? [op] : [])))
}

/** The frame of an undo is there from this event on, and nothing else goes on. */
export const undoStarted = (state: IncidentState, of: readonly Place[], by: Actor): Draft<'undo.started'> => {
  const visit = state.undos + 1
  return {
    type: 'undo.started',
    frame: undoFrame(visit),
    actor: by,
    data: { step: UNDO, visit, of: of.map(writtenPlace), by },
  }
}

/** The undo that is under way; undefined where none is. */
export const openUndo = ({ undos, frames }: IncidentState): Frame | undefined =>
  undos === 0 ? undefined : Object.values(frames).find(({ of }) => of)
