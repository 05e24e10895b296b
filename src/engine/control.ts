import { doOver, ENDS, isAlone } from './alone.js'
import { abortAll, leave } from './blocks.js'
import { inPhase, newFrame, placeIn, putFrame, runbookNamed, stepOf, stepsOf, withoutFrame } from './frames.js'
import type { Called, Frame, IncidentState, Phase, StepFinished, Then } from './state.js'
import { undoList } from './undo.js'

type Deciding = Phase & { readonly at: 'deciding' }

/** Moves control; off the end of a runbook is an honest `unresolved`, off the end of a block is its end. */
export const proceed = (
  state: IncidentState,
  frame: Frame,
  then: Then,
  finished: StepFinished,
): IncidentState => {
  if (frame.stopping !== undefined && then.to !== 'abort') return leave(state, frame, {})
  if (isAlone(stepOf(state, frame)) && then.to !== 'abort') return conclude(state, frame, finished)
  switch (then.to) {
    case 'next':
      return arriveAt(state, frame, frame.index + 1)
    case 'step':
      return arriveAt(state, frame, indexOf(state, frame, then.id))
    case 'end':
      return end(state, frame, then)
    case 'abort':
      return frame.parent === undefined
        ? end(state, frame, { outcome: 'aborted', because: then.because })
        : abortAll(state, frame, then.because)
    case 'run':
      return inPhase(state, frame, { at: 'handing', call: then.call, finished })
    case 'ask':
      return inPhase(state, frame, deciding(state, frame, finished))
    case 'undo':
      return inPhase(state, frame, takingBack(frame, deciding(state, frame, finished)))
  }
}

/** Whatever became of an action outside of a runbook is the end of it. */
const conclude = (state: IncidentState, frame: Frame, finished: StepFinished): IncidentState => {
  const { outcome, summary } = finished
  if (frame.doing) return doOver(state, frame, finished)
  return end({ ...state, lastDone: finished }, frame, { outcome: ENDS[outcome], because: summary })
}

/** Over to another runbook, in a frame of its own that stands where this one stood: ids of steps begin anew. */
export const handOn = (state: IncidentState, frame: Frame, called: Called): IncidentState => {
  const { parent, block } = frame
  const next: Frame = {
    ...newFrame(nextPath(frame.path, called.runbook)),
    called: { ...called, inputs: withDefaults(state, called) },
    ...(parent === undefined ? {} : { parent }),
    ...(block === undefined ? {} : { block }),
  }
  return putFrame(withoutFrame(state, frame), next)
}

/** What a runbook is given, and the defaults of what it is not given. */
export const withDefaults = (state: IncidentState, { runbook, inputs }: Called): Called['inputs'] => {
  const specs = Object.entries(runbookNamed(state, runbook).inputs)
  const defaults = specs.flatMap(([name, { default: value }]) => (value === undefined ? [] : [[name, value]]))
  return { ...Object.fromEntries(defaults), ...inputs }
}

/** `main`, `main>2.other`, `main>3.third`: the runbooks that one frame ran, one after the other. */
const nextPath = (path: string, runbook: string): string => {
  const [, base = path, count = '1'] = /^(.*?)(?:>(\d+)\.[^/>]+)?$/.exec(path) ?? []
  return `${base}>${Number(count) + 1}.${runbook}`
}

/** An `end` inside a block would end more than it can see: there it is a failure. */
const end = (
  state: IncidentState,
  frame: Frame,
  { outcome, because }: Pick<Then & { to: 'end' }, 'outcome' | 'because'>,
): IncidentState => {
  if (frame.parent === undefined) return inPhase(state, frame, { at: 'over', outcome, because })
  return frame.called ? leave(state, frame, { outcome }) : leave(state, frame, { stop: { because } })
}

const arriveAt = (state: IncidentState, frame: Frame, index: number): IncidentState => {
  const at: Frame = { ...frame, index, phase: { at: 'arriving' } }
  if (index < stepsOf(state, frame).length) return putFrame(state, at)
  if (frame.block?.steps !== undefined) return leave(state, frame, {})
  return end(state, at, { outcome: 'unresolved', because: 'the runbook ran out of steps' })
}

const indexOf = (state: IncidentState, frame: Frame, id: string): number => {
  const index = stepsOf(state, frame).findIndex(step => step.id === id)
  if (index < 0) throw new Error(`no step ${id} where frame ${frame.path} moves`)
  return index
}

const deciding = (state: IncidentState, frame: Frame, finished: StepFinished): Deciding => ({
  at: 'deciding',
  finished,
  undoable: isUndoable(state, frame, finished),
})

/** Where nothing is left to take back, or the operator declines that, it is asked how to go on. */
const takingBack = (frame: Frame, back: Deciding): Phase =>
  back.undoable ? { at: 'undoing', back, of: [placeIn(frame, back.finished)], by: 'engine' } : back

/** Offered only where something is left to take back, and not again once it was taken back. */
const isUndoable = (state: IncidentState, frame: Frame, finished: StepFinished): boolean =>
  finished.outcome !== 'undone' && undoList(state, placeIn(frame, finished)).some(({ look }) => !look)
