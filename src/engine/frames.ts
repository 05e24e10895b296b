import type { Event } from '../domain/event.js'
import type { Jump, OnFailure, Runbook, Step } from '../domain/runbook.js'
import type { Frame, IncidentState, Phase, StepFinished, Then } from './state.js'
import { UNDO, undoList } from './undo.js'

/** What was agreed to is begun, by the version at work. */
export const beginApply = (state: IncidentState, frame: Frame): IncidentState => {
  if (frame.phase.at !== 'confirming') throw new Error('an apply starts from confirming')
  const { plan, terms } = frame.phase
  return inPhase(state, frame, { at: 'applying', plan, terms: { ...terms, tool: state.tool } })
}

type Deciding = Phase & { readonly at: 'deciding' }

export const runbookOf = (state: IncidentState): Runbook => {
  if (!state.opened) throw new Error('an incident without `incident.opened` has no runbook')
  return state.opened.definition
}

export const withheld = (state: IncidentState): boolean => state.opened?.mode.effects === 'withheld'

/** The step that a frame stands on; undefined where control fell off the end. */
export const stepOf = (state: IncidentState, frame: Frame): Step | undefined =>
  frame.of ? UNDO_STEP : runbookOf(state).steps[frame.index]

/** What an undo stands on: no step of the runbook, and asked about like one. */
const UNDO_STEP: Step = {
  kind: 'action',
  id: UNDO,
  at: { line: 0, column: 0 },
  title: 'Take back what was done',
  action: UNDO,
  with: {},
  onFailure: { do: 'ask' },
}

/** The step that a frame stands on, where a phase guarantees that there is one. */
export const currentStep = (state: IncidentState, frame: Frame): Step => {
  const step = stepOf(state, frame)
  if (!step) throw new Error(`frame ${frame.path} stands past the last step in phase ${frame.phase.at}`)
  return step
}

export const visitOf = (frame: Frame, step: Step): number => frame.visits[step.id] ?? 0

const putFrame = (state: IncidentState, frame: Frame): IncidentState => ({
  ...state,
  frames: { ...state.frames, [frame.path]: frame },
})

export const inPhase = (state: IncidentState, frame: Frame, phase: Phase): IncidentState =>
  putFrame(state, { ...frame, phase })

/** Ends the visit: the fact first (`step.finished`), then where control goes. */
export const close = (
  state: IncidentState,
  frame: Frame,
  finished: Omit<StepFinished, 'step' | 'visit'>,
  then: Then,
): IncidentState => {
  const step = currentStep(state, frame)
  return inPhase(state, frame, {
    at: 'closing',
    finished: { step: step.id, visit: visitOf(frame, step), ...rehearsed(state, step, finished) },
    then,
  })
}

/** Nothing that touches the world is ever on record in a withheld run without being marked so. */
const rehearsed = <F extends Omit<StepFinished, 'step' | 'visit'>>(
  state: IncidentState,
  step: Step,
  finished: F,
): F => {
  const touches = step.kind === 'check' || step.kind === 'action' || step.kind === 'manual'
  if (!withheld(state) || !touches || finished.withheld) return finished
  const status = step.kind === 'manual' ? 'would-change' : 'checked'
  return { ...finished, withheld: { status, unmade: unmadeCount(state) } }
}

/** Moves control; off the end is an honest `unresolved`. */
export const proceed = (
  state: IncidentState,
  frame: Frame,
  then: Then,
  finished: StepFinished,
): IncidentState => {
  switch (then.to) {
    case 'next':
      return arriveAt(state, frame, frame.index + 1)
    case 'step':
      return arriveAt(state, frame, indexOf(state, then.id))
    case 'end':
      return inPhase(state, frame, { at: 'over', outcome: then.outcome, because: then.because })
    case 'ask':
      return inPhase(state, frame, deciding(state, finished))
    case 'undo':
      return inPhase(state, frame, takingBack(deciding(state, finished)))
  }
}

const arriveAt = (state: IncidentState, frame: Frame, index: number): IncidentState =>
  index < runbookOf(state).steps.length
    ? putFrame(state, { ...frame, index, phase: { at: 'arriving' } })
    : putFrame(state, {
        ...frame,
        index,
        phase: { at: 'over', outcome: 'unresolved', because: 'the runbook ran out of steps' },
      })

const indexOf = (state: IncidentState, id: string): number => {
  const index = runbookOf(state).steps.findIndex(step => step.id === id)
  if (index < 0) throw new Error(`no step ${id} in runbook ${runbookOf(state).name}`)
  return index
}

/** Where a jump of a choice or a branch leads. */
export const jumpTo = (jump: Jump, because: string): Then => {
  if (jump.end) return { to: 'end', outcome: jump.end, because }
  return jump.goto ? { to: 'step', id: jump.goto } : { to: 'next' }
}

/** Where control goes after a failure, by the step's own `on_failure`. */
export const onFailed = (onFailure: OnFailure, step: Step): Then => {
  switch (onFailure.do) {
    case 'continue':
      return { to: 'next' }
    case 'goto':
      return { to: 'step', id: onFailure.goto }
    case 'abort':
      return { to: 'end', outcome: 'aborted', because: `${step.id} failed` }
    default:
      return { to: onFailure.do }
  }
}

export const unmadeCount = (state: IncidentState): number =>
  Object.values(state.unmade).reduce((sum, changes) => sum + changes, 0)

/** The frame that an event belongs to. */
export const frameOf = (state: IncidentState, event: Event): Frame | undefined =>
  event.frame === undefined ? undefined : state.frames[event.frame]

const deciding = (state: IncidentState, finished: StepFinished): Deciding => ({
  at: 'deciding',
  finished,
  undoable: isUndoable(state, finished),
})

/** Where nothing is left to take back, or the operator declines that, it is asked how to go on. */
const takingBack = (back: Deciding): Phase =>
  back.undoable ? { at: 'undoing', back, of: [back.finished], by: 'engine' } : back

/** Offered only where something is left to take back, and not again once it was taken back. */
const isUndoable = (state: IncidentState, { step, visit, outcome }: StepFinished): boolean =>
  outcome !== 'undone' && undoList(state, { step, visit }).some(({ look }) => !look)
