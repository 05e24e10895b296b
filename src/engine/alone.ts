import type { Draft, StepOutcome } from '../domain/event.js'
import { epochMs } from '../domain/instant.js'
import type { ActionStep, Outcome, Step } from '../domain/runbook.js'
import { inPhase, withoutFrame } from './frames.js'
import { anew } from './on-verify.js'
import type { Frame, IncidentState, StepFinished } from './state.js'

/** An action outside of a runbook: there is no next step, and nothing is asked after it. */
export const isAlone = (step: Step | undefined): boolean => step?.kind === 'action' && step.alone === true

/** Was the incident opened for one action, with no runbook around it? */
export const isOneAction = ({ opened }: IncidentState): boolean => isAlone(opened?.definition.steps[0])

export const doFrame = (count: number): string => `do#${count}`

/** The frame of an action beside the runbook, from which on nothing else goes on until it is over. */
export const openDo = ({ dos, frames }: IncidentState): Frame | undefined =>
  dos === 0 ? undefined : Object.values(frames).find(({ doing }) => doing)

/** Why no action can be begun beside the runbook; undefined where one can. */
export const whyNotNow = (state: IncidentState): string | undefined => {
  if (state.status === 'ended') return `it has ended: ${state.outcome}`
  const frames = Object.values(state.frames)
  if (openDo(state)) return 'another action outside of its runbook is under way'
  if (frames.some(({ of, phase }) => of || phase.at === 'undoing')) return 'something of it is being taken back'
  if (frames.some(({ phase }) => phase.at === 'over')) return 'it is about to end'
  const midway = frames.some(({ phase }) => phase.at === 'applying' || phase.at === 'interrupted')
  return midway ? 'an action of it stands half done' : undefined
}

/** The frame of that action is there from this event on. */
export const doStarted = (state: IncidentState, doing: ActionStep): Draft<'step.entered'> => ({
  type: 'step.entered',
  frame: doFrame(state.dos + 1),
  actor: 'operator',
  data: { step: doing.id, visit: 1, kind: doing.kind, title: doing.title ?? doing.id, doing },
})

/** What it comes to where it is all of an incident: that it was done is known, that it helped nobody has looked. */
export const ENDS: { readonly [outcome in StepOutcome]: Outcome } = {
  applied: 'mitigated',
  unchanged: 'mitigated',
  'would-change': 'mitigated',
  passed: 'mitigated',
  answered: 'mitigated',
  done: 'mitigated',
  failed: 'unresolved',
  inconclusive: 'unresolved',
  declined: 'aborted',
  refused: 'aborted',
  skipped: 'aborted',
  undone: 'aborted',
}

/** Its frame goes, and the others go on. */
export const doOver = (state: IncidentState, frame: Frame, lastDone: StepFinished): IncidentState => {
  const rest = withoutFrame(state, frame)
  // The event before the last one of the frame, which follows at once.
  const took = epochMs(state.at ?? '') - epochMs(frame.begun ?? state.at ?? '')
  return Object.values(rest.frames).reduce<IncidentState>(
    (next, other) => inPhase(next, other, anew(other.phase, took)),
    { ...rest, lastDone },
  )
}
