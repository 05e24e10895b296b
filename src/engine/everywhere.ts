import { type Event, MAIN_FRAME, type RecordedType } from '../domain/event.js'
import { epochMs } from '../domain/instant.js'
import { inPhase, newFrame, rootFrame } from './frames.js'
import * as doing from './on-do.js'
import * as undo from './on-undo.js'
import { laterBy } from './on-verify.js'
import { foldOp } from './ops.js'
import { EMPTY, type IncidentState, type Phase } from './state.js'
import { openUndo } from './undo.js'

type Rule<T extends RecordedType> = {
  readonly while: readonly IncidentState['status'][]
  /** Undefined: not accepted after all. */
  readonly fold: (state: IncidentState, event: Event<T>) => (() => IncidentState) | undefined
}

/** An incident that has ended is at work again while something of it is taken back. */
const ACTIVE = ['open', 'ended'] as const

const same = (state: IncidentState) => () => state

/** Events that no phase owns: the incident's own life, ops, notes. */
export const EVERYWHERE: { readonly [T in RecordedType]?: Rule<T> } = {
  'incident.opened': { while: ['new'], fold: (_state, event) => () => opened(event) },
  'incident.paused': {
    while: ACTIVE,
    fold: state => (isAtRest(state) ? undefined : () => ({ ...state, ...pausedAs(state) })),
  },
  'incident.resumed': {
    while: ['open', 'paused', 'ended'],
    fold: (state, event) => (isAtRest(state) ? undefined : () => resumed(state, event)),
  },
  'definition.changed': { while: ['open'], fold: (state, event) => () => drifted(state, event) },
  'owner.taken': { while: ['open', 'paused', 'ended'], fold: same },
  'lock.taken': { while: ACTIVE, fold: same },
  'lock.released': { while: ['open', 'paused', 'ended'], fold: same },
  'question.asked': { while: ACTIVE, fold: same },
  'op.started': { while: ACTIVE, fold: foldOp },
  'op.finished': { while: ACTIVE, fold: foldOp },
  'op.failed': { while: ACTIVE, fold: foldOp },
  'op.refused': { while: ACTIVE, fold: foldOp },
  'op.resolved': { while: ACTIVE, fold: foldOp },
  'undo.started': { while: ACTIVE, fold: undo.begun },
  // A step of the runbook is entered by its frame's own row.
  'step.entered': { while: ['open'], fold: doing.begun },
  'posture.raised': {
    while: ACTIVE,
    fold:
      (state, { data }) =>
      () => ({ ...state, raised: data }),
  },
  'posture.expired': { while: ACTIVE, fold: state => (state.raised ? () => calm(state) : undefined) },
  'note.added': {
    while: ['open', 'paused', 'ended'],
    fold: (state, event) => () => noted(state, event),
  },
  // What a step tells is that step's own event.
  'notice.sent': {
    while: ACTIVE,
    fold: (state, event) => (event.data.kind === 'escalation' ? () => state : undefined),
  },
  'drill.scored': { while: ['ended'], fold: (state, event) => () => ({ ...state, score: event.data.score }) },
}

/** The next state; undefined where the event is not one of these, or not accepted now. */
export const everywhere = (state: IncidentState, event: Event): (() => IncidentState) | undefined => {
  // The rule found by the event's type takes this very event; TypeScript cannot pair the two unions.
  const rule = EVERYWHERE[event.type] as Rule<RecordedType> | undefined
  return rule?.while.includes(state.status) ? rule.fold(state, event) : undefined
}

const opened = (event: Event<'incident.opened'>): IncidentState => ({
  ...EMPTY,
  status: 'open',
  opened: event.data,
  openedAt: event.at,
  tool: event.data.tool,
  frames: { [MAIN_FRAME]: newFrame(MAIN_FRAME) },
})

/**
 * A process that died in the middle of an apply left it half done: nobody goes on with it unasked. And nobody
 * looked meanwhile: a verification gets the time back, and what held before does not count.
 */
const resumed = (state: IncidentState, event: Event<'incident.resumed'>): IncidentState => {
  const gap = epochMs(event.at) - epochMs(state.at ?? event.at)
  return Object.values(state.frames).reduce<IncidentState>(
    (next, frame) => inPhase(next, frame, phaseAfter(frame.phase, gap)),
    { ...state, status: state.status === 'ended' ? 'ended' : 'open', tool: event.data.tool },
  )
}

/** Over, and nothing of it is being taken back. */
const isAtRest = (state: IncidentState): boolean => state.status === 'ended' && !openUndo(state)

const pausedAs = (state: IncidentState): Pick<IncidentState, 'status'> => ({
  status: state.status === 'ended' ? 'ended' : 'paused',
})

const noted = (state: IncidentState, { data }: Event<'note.added'>): IncidentState =>
  data.kind === 'did'
    ? { ...state, byHand: [...state.byHand, { text: data.text, targets: data.targets ?? [] }] }
    : state

const calm = ({ raised: _, ...state }: IncidentState): IncidentState => state

/** The operator would not go on with a runbook that is no longer the one on disk. */
const drifted = (state: IncidentState, event: Event<'definition.changed'>): IncidentState => {
  const root = rootFrame(state)
  const seen = { ...state, drift: event.data.found }
  if (!root || event.data.decision === 'stored') return seen
  return inPhase({ ...seen, frames: {} }, root, {
    at: 'over',
    outcome: 'aborted',
    because: 'its runbook was changed',
  })
}

const phaseAfter = (phase: Phase, gap: number): Phase => {
  if (phase.at === 'applying') return { at: 'interrupted', plan: phase.plan, terms: phase.terms }
  return laterBy(phase, gap)
}
