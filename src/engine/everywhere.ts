import type { Event, RecordedType } from '../domain/event.js'
import { epochMs, toInstant } from '../domain/instant.js'
import { inPhase } from './frames.js'
import { foldOp } from './ops.js'
import { EMPTY, type IncidentState, MAIN_FRAME, type Phase, type Verifying } from './state.js'

type Rule<T extends RecordedType> = {
  readonly while: readonly IncidentState['status'][]
  /** Undefined: not accepted after all. */
  readonly fold: (state: IncidentState, event: Event<T>) => (() => IncidentState) | undefined
}

/** Events that no phase owns: the incident's own life, ops, notes. */
export const EVERYWHERE: { readonly [T in RecordedType]?: Rule<T> } = {
  'incident.opened': { while: ['new'], fold: (_state, event) => () => opened(event) },
  'incident.paused': { while: ['open'], fold: state => () => ({ ...state, status: 'paused' }) },
  'incident.resumed': { while: ['open', 'paused'], fold: (state, event) => () => resumed(state, event) },
  'question.asked': { while: ['open'], fold: state => () => state },
  'op.started': { while: ['open'], fold: foldOp },
  'op.finished': { while: ['open'], fold: foldOp },
  'op.failed': { while: ['open'], fold: foldOp },
  'op.refused': { while: ['open'], fold: foldOp },
  'op.resolved': { while: ['open'], fold: foldOp },
  'undo.started': { while: ['open'], fold: state => () => state },
  'note.added': {
    while: ['open', 'paused', 'ended'],
    fold: (state, event) => () => ({ ...state, notes: [...state.notes, event.data.text] }),
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
  frames: {
    [MAIN_FRAME]: {
      path: MAIN_FRAME,
      index: 0,
      phase: { at: 'arriving' },
      visits: {},
      counts: {},
      results: {},
    },
  },
})

/**
 * A process that died in the middle of an apply left it half done: nobody goes on with it unasked. And nobody
 * looked meanwhile: a verification gets the time back, and what held before does not count.
 */
const resumed = (state: IncidentState, event: Event<'incident.resumed'>): IncidentState => {
  const gap = epochMs(event.at) - epochMs(state.at ?? event.at)
  return Object.values(state.frames).reduce<IncidentState>(
    (next, frame) => inPhase(next, frame, phaseAfter(frame.phase, gap)),
    { ...state, status: 'open' },
  )
}

const phaseAfter = (phase: Phase, gap: number): Phase => {
  if (phase.at === 'applying') return { at: 'interrupted', plan: phase.plan }
  return phase.at === 'verifying' && gap > 0 ? { ...phase, verify: lookAgain(phase.verify, gap) } : phase
}

const lookAgain = ({ heldSince: _, ...verify }: Verifying, gap: number): Verifying => ({
  ...verify,
  since: toInstant(epochMs(verify.since) + gap),
})
