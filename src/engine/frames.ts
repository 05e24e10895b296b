import { blockPath, type Event, type Place, type Visit } from '../domain/event.js'
import {
  blocksOf,
  type CheckStep,
  everyStep,
  type Jump,
  type OnFailure,
  type Runbook,
  type Step,
} from '../domain/runbook.js'
import { inAll, withoutSoFar } from './so-far.js'
import type { Frame, IncidentState, Phase, StepFinished, Then } from './state.js'
import { UNDO } from './undo.js'

/** What was agreed to is begun, by the version at work. */
export const beginApply = (
  state: IncidentState,
  frame: Frame,
  { at: since }: Pick<Event, 'at'>,
): IncidentState => {
  if (frame.phase.at !== 'confirming') throw new Error('an apply starts from confirming')
  const { plan, terms } = frame.phase
  return inPhase(state, frame, { at: 'applying', plan, terms: { ...terms, tool: state.tool, since } })
}

/** The runbook that a frame runs; without a frame, the one that the incident was opened with. */
export const runbookOf = (state: IncidentState, frame?: Frame): Runbook =>
  runbookNamed(state, frame && calledBy(state, frame)?.runbook)

export const runbookNamed = (state: IncidentState, name?: string): Runbook => {
  if (!state.opened) throw new Error('an incident without `incident.opened` has no runbook')
  const { definition, others = {} } = state.opened
  const found = name === undefined || name === definition.name ? definition : others[name]
  if (!found) throw new Error(`the incident was opened without runbook ${name}`)
  return found
}

/** The call that a frame works for; undefined in the runbook that the incident was opened with. */
export const calledBy = (state: IncidentState, frame: Frame): Frame['called'] => {
  if (frame.called) return frame.called
  const parent = parentOf(state, frame)
  return parent && calledBy(state, parent)
}

export const parentOf = (state: IncidentState, { parent }: Frame): Frame | undefined =>
  parent === undefined ? undefined : state.frames[parent]

/** The frame that the incident itself stands on. */
export const rootFrame = (state: IncidentState): Frame | undefined =>
  Object.values(state.frames).find(({ parent, of, doing }) => (parent ?? of ?? doing) === undefined)

export const withheld = (state: IncidentState): boolean => state.opened?.mode.effects === 'withheld'

/** The steps that control moves among in a frame. */
export const stepsOf = (state: IncidentState, frame: Frame): readonly Step[] => {
  if (frame.doing) return [frame.doing]
  const parent = parentOf(state, frame)
  const block = frame.block?.steps
  if (parent === undefined || block === undefined) return runbookOf(state, frame).steps
  return blocksOf(currentStep(state, parent))[block] ?? []
}

/** The step that a frame stands on; undefined where control fell off the end. */
export const stepOf = (state: IncidentState, frame: Frame): Step | undefined =>
  frame.of ? UNDO_STEP : stepsOf(state, frame)[frame.index]

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

/** The visit that a frame is in the middle of. */
export const placeOf = (frame: Frame, step: Step): Place =>
  placeIn(frame, { step: step.id, visit: visitOf(frame, step) })

/** A visit of a step in that frame. */
export const placeIn = ({ path }: Frame, { step, visit }: Visit): Place => ({ frame: path, step, visit })

/** The frame of that path, where a phase or a command guarantees that there is one. */
export const frameAt = (state: IncidentState, path: string): Frame => {
  const frame = state.frames[path]
  if (!frame) throw new Error(`no frame ${path}`)
  return frame
}

/** Where the frames of the step that a frame stands on have their paths. */
export const insidePath = (state: IncidentState, frame: Frame): string =>
  blockPath(placeOf(frame, currentStep(state, frame)))

export const putFrame = (state: IncidentState, frame: Frame): IncidentState => ({
  ...state,
  frames: { ...state.frames, [frame.path]: frame },
})

export const withoutFrame = (state: IncidentState, { path }: Frame): IncidentState => {
  const { [path]: _, ...frames } = state.frames
  return { ...state, frames }
}

export const inPhase = (state: IncidentState, frame: Frame, phase: Phase): IncidentState =>
  putFrame(state, { ...frame, phase })

/** A frame that stands before the first of its steps. */
export const newFrame = (path: string): Frame => ({
  path,
  index: 0,
  phase: { at: 'arriving' },
  visits: {},
  counts: {},
  results: {},
})

/** Ends the visit: the fact first (`step.finished`), then where control goes. */
export const close = (
  state: IncidentState,
  frame: Frame,
  finished: Omit<StepFinished, 'step' | 'visit'>,
  then: Then,
): IncidentState => {
  const step = currentStep(state, frame)
  return inPhase(state, withoutSoFar(frame), {
    at: 'closing',
    finished: {
      step: step.id,
      visit: visitOf(frame, step),
      ...rehearsed(state, step, inFull(frame, finished)),
    },
    then,
  })
}

/** Where the visit has applied a plan before, that is part of what it came to; nothing more to do then is its success. */
const inFull = <F extends Omit<StepFinished, 'step' | 'visit'>>(frame: Frame, finished: F): F => {
  if (!frame.soFar) return finished
  const { outcome, output = null, summary } = finished
  return {
    ...finished,
    ...inAll(frame, { output, summary }),
    ...(outcome === 'unchanged' ? { outcome: 'applied' } : {}),
  }
}

/** Nothing that touches the world is ever on record in a withheld run without being marked so. */
const rehearsed = <F extends Omit<StepFinished, 'step' | 'visit'>>(
  state: IncidentState,
  step: Step,
  finished: F,
): F => {
  if (!withheld(state) || !TOUCHES.has(step.kind) || finished.withheld) return finished
  const status = LOOKS_ON.has(step.kind) ? 'checked' : 'would-change'
  return { ...finished, withheld: { status, unmade: unmadeCount(state) } }
}

const TOUCHES: ReadonlySet<Step['kind']> = new Set(['check', 'action', 'manual', 'notify'])
const LOOKS_ON: ReadonlySet<Step['kind']> = new Set(['check', 'action'])

/** Where a jump of a choice or a branch leads. */
export const jumpTo = (jump: Jump, because: string): Then => {
  if (jump.end) return { to: 'end', outcome: jump.end, because }
  if (jump.run) return { to: 'run', call: jump.run, because }
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

/** What a step's `on_failure` says; a kind that has none asks. */
export const failureOf = (step: Step): Then =>
  onFailed('onFailure' in step ? step.onFailure : { do: 'ask' }, step)

export const unmadeCount = (state: IncidentState): number =>
  Object.values(state.unmade).reduce((sum, changes) => sum + changes, 0)

/** The frame that an event belongs to. */
export const frameOf = (state: IncidentState, event: Event): Frame | undefined =>
  event.frame === undefined ? undefined : state.frames[event.frame]

/** The check that the step of a frame looks at again: of an action's `verify`, or of what a step waits for. */
export const againOf = (state: IncidentState, frame: Frame): CheckStep => {
  const step = currentStep(state, frame)
  const again = againIn(step)
  const { steps } = runbookOf(state, frame)
  const found = again === undefined ? undefined : everyStep(steps).find(({ id }) => id === again)
  if (found?.kind !== 'check') throw new Error(`step ${step.id} looks again at a check that does not exist`)
  return found
}

const againIn = (step: Step): string | undefined => {
  if (step.kind === 'action') return step.verify?.again
  return step.kind === 'wait' && typeof step.wait === 'object' ? step.wait.again : undefined
}
