// Cells of the table in transition.ts for the frame of an undo: planned, agreed to and applied like any action.
// While it is there nothing else goes on; when it is over, the other frames go on by what became of it.

import { type Event, isSamePlace, type Place, readPlace } from '../domain/event.js'
import { epochMs } from '../domain/instant.js'
import { entryOf, withEntry } from '../domain/table.js'
import { stopFrame } from './blocks.js'
import { currentStep, frameOf, inPhase, newFrame, placeIn, placeOf, withoutFrame } from './frames.js'
import { anew, laterBy } from './on-verify.js'
import type { Frame, IncidentState, Phase, StepFinished, Then } from './state.js'
import { UNDO, undoFrame, undoList } from './undo.js'

/** Undefined where one is under way already, or where something is in flight. */
export const begun = (
  state: IncidentState,
  event: Event<'undo.started'>,
): (() => IncidentState) | undefined => {
  // 0.1.0 wrote `ops`, inside the frame of the step that it took back.
  if (event.data.of === undefined) return () => inPlace(state, event)
  const { visit, of } = event.data
  const path = undoFrame(visit)
  const inFlight = Object.values(state.frames).some(({ phase, of: undo }) => undo || phase.at === 'applying')
  if (inFlight || event.frame !== path || visit !== state.undos + 1) return undefined
  const frame: Frame = {
    ...newFrame(path),
    phase: { at: 'planning', input: {} },
    visits: { [UNDO]: visit },
    of: of.map(readPlace),
    begun: event.at,
  }
  return () => ({ ...state, undos: visit, frames: { ...state.frames, [path]: frame } })
}

const inPlace = (state: IncidentState, event: Event): IncidentState => {
  const frame = frameOf(state, event)
  return frame?.phase.at === 'undoing' ? inPhase(state, frame, { ...frame.phase, inPlace: true }) : state
}

export const planned = (
  state: IncidentState,
  frame: Frame,
  event: Event<'plan.made' | 'plan.changed'>,
): IncidentState => {
  const { plan, failure } = event.data
  const differences = 'differences' in event.data ? event.data.differences : []
  if (plan) return inPhase(state, frame, { at: 'gating', plan, differences, overridden: [] })
  const nothing = failure?.code === 'plan.nothing-to-do'
  return leave(state, frame, nothing ? 'nothing' : 'failed', [failure?.message ?? 'it could not be planned'])
}

export const gated = (state: IncidentState, frame: Frame, event: Event<'gate.decided'>): IncidentState => {
  if (frame.phase.at !== 'gating') throw new Error('decided outside gating')
  const { plan, overridden } = frame.phase
  if (event.data.decision !== 'approved')
    return leave(state, frame, 'declined', [`${event.data.decision}: ${event.data.reasons.join('; ')}`])
  const terms = { posture: event.data.posture ?? 'conservative', overridden, tool: state.tool }
  return inPhase(state, frame, { at: 'confirming', plan, terms })
}

/** A process died in the middle of an undo: what it began either goes on, or is left and said so. */
export const continued = (
  state: IncidentState,
  frame: Frame,
  event: Event<'question.answered'>,
): IncidentState => {
  if (frame.phase.at !== 'interrupted') throw new Error('continued outside interrupted')
  const { plan, terms } = frame.phase
  if (event.data.option === 'continue') return inPhase(state, frame, { at: 'applying', plan, terms })
  const left = (frame.of ?? []).flatMap(visit => undoList(state, visit)).filter(({ look }) => !look)
  return leave(
    state,
    frame,
    'failed',
    left.map(({ kind, target }) => `${kind} on ${target}: its undo was interrupted`),
  )
}

const leave = (
  state: IncidentState,
  frame: Frame,
  outcome: (Phase & { at: 'leaving' })['outcome'],
  left: readonly string[],
): IncidentState => inPhase(state, frame, { at: 'leaving', outcome, left })

/** The undo is over: its frame goes, and the others go on by what is left. */
export const over = (state: IncidentState, frame: Frame, event: Event<'undo.finished'>): IncidentState => {
  const { outcome, left } = event.data
  const lastUndo = { outcome, left }
  const next = { ...withoutFrame(state, frame), lastUndo, ops: mark(state, event.data.undone ?? []) }
  const { of = [], begun: since = event.at } = frame
  const undone: Undone = {
    of,
    gone: of.filter(place => isBack(next, place)),
    took: epochMs(event.at) - epochMs(since),
  }
  const on = Object.values(next.frames).reduce<IncidentState>(
    (before, other) => inPhase(before, remember(other, undone), goOn(before, other, other.phase, undone)),
    next,
  )
  return Object.values(next.frames).reduce(stopAgain, on)
}

/** Where something beside a frame had failed before, it does not go on after all. */
const stopAgain = (state: IncidentState, { path, stopping, phase }: Frame): IncidentState => {
  const frame = state.frames[path]
  return stopping === undefined || phase.at !== 'undoing' || !frame ? state : stopFrame(state, frame, stopping)
}

/** What an undo was about, what of it is back whole, and how long it took. Milliseconds. */
type Undone = { readonly of: readonly Place[]; readonly gone: readonly Place[]; readonly took: number }

const isBack = (state: IncidentState, visit: Place): boolean => undoList(state, visit).every(({ look }) => look)

const mark = ({ ops }: IncidentState, undone: readonly string[]): IncidentState['ops'] =>
  undone.reduce((marked, key) => {
    const op = entryOf(ops, key)
    return op ? withEntry(marked, key, { ...op, undone: true }) : marked
  }, ops)

const remember = (frame: Frame, { gone }: Undone): Frame => {
  const results = { ...frame.results }
  for (const { frame: path, step, visit } of gone)
    if (path === frame.path && results[step]?.visit === visit)
      results[step] = { ...results[step], outcome: 'undone' }
  return { ...frame, results }
}

const goOn = (state: IncidentState, frame: Frame, phase: Phase, undone: Undone): Phase => {
  const { gone, took } = undone
  switch (phase.at) {
    case 'undoing':
      // Another one that is due beside this comes next, where something of it still stands.
      return isServed(state, phase.of, undone) ? goOn(state, frame, phase.back, undone) : phase
    case 'deciding':
    case 'closing': {
      const ended = placeIn(frame, phase.finished)
      return gone.some(place => isSamePlace(place, ended)) ? takenAfter(phase) : phase
    }
    case 'planning':
    case 'gating':
    case 'confirming':
    case 'interrupted':
    case 'verifying':
      return isHereGone(state, frame, gone) ? takenHere(state, frame) : anew(phase, took)
    default:
      return laterBy(phase, took)
  }
}

/** What a step came to is taken back while it is asked how to go on, or just before its end is written down. */
const takenAfter = (phase: Phase & { readonly at: 'deciding' | 'closing' }): Phase => {
  const finished = taken(phase.finished)
  if (phase.at === 'deciding') return { at: 'deciding', finished, undoable: false }
  return { at: 'closing', finished, then: leads(phase.then) ? phase.then : { to: 'ask' } }
}

const isServed = (state: IncidentState, wanted: readonly Place[], { of }: Undone): boolean =>
  wanted.every(place => of.some(served => isSamePlace(served, place)) || isBack(state, place))

/** Is it the visit that the frame is in the middle of that is back? */
const isHereGone = (state: IncidentState, frame: Frame, gone: readonly Place[]): boolean => {
  const here = placeOf(frame, currentStep(state, frame))
  return gone.some(place => isSamePlace(place, here))
}

const takenHere = (state: IncidentState, frame: Frame): Phase => {
  const { step, visit } = placeOf(frame, currentStep(state, frame))
  return {
    at: 'closing',
    finished: taken({ step, visit, outcome: 'failed', summary: '' }),
    then: { to: 'ask' },
  }
}

/** Does it end something, whatever became of the step? */
const leads = ({ to }: Then): boolean => to === 'end' || to === 'abort'

const taken = ({ failure: _, ...finished }: StepFinished): StepFinished => ({
  ...finished,
  outcome: 'undone',
  summary: 'what this step did is taken back',
})
