// Cells of the table in transition.ts: the operator goes another way than the question offers.

import type { Event } from '../domain/event.js'
import { VERB } from '../domain/question.js'
import { stopOthers } from './blocks.js'
import { proceed } from './control.js'
import { close, currentStep, inPhase } from './frames.js'
import type { Frame, IncidentState, StepFinished, Then } from './state.js'
import { lastUndoable } from './undo.js'

type Answered = Event<'question.answered'>

/** Undefined where the answer is one of the question's own. */
export const moved = (state: IncidentState, frame: Frame, event: Answered): IncidentState | undefined => {
  const { option, reason, to } = event.data
  const step = currentStep(state, frame).id
  switch (option) {
    case VERB.skip:
      return passOver(state, frame, { to: 'next' }, `by ${event.data.by}: ${reason}`)
    case VERB.jump:
      return passOver(state, frame, { to: 'step', id: to ?? '' }, `on to ${to}, by ${event.data.by}: ${reason}`)
    case VERB.abort: {
      const because = `aborted at ${step}${reason ? `: ${reason}` : ''}`
      return stopOthers(passOver(state, frame, { to: 'abort', because }, because), frame, because)
    }
    case VERB.retry:
      return again(state, frame)
    case VERB.undo: {
      const last = lastUndoable(state)
      return inPhase(state, frame, {
        at: 'undoing',
        back: frame.phase,
        of: last ? [last] : [],
        by: event.data.by,
      })
    }
    default:
      return undefined
  }
}

/** A step that is over already is left; one that is not is finished as skipped, with the reason. */
const passOver = (state: IncidentState, frame: Frame, then: Then, summary: string): IncidentState => {
  if (frame.phase.at === 'deciding') return proceed(state, frame, then, frame.phase.finished)
  const step = currentStep(state, frame)
  // What an earlier visit found out is still the latest that is known, unless this one has changed something already.
  const output = frame.soFar ? undefined : frame.results[step.id]?.output
  const finished: Omit<StepFinished, 'step' | 'visit'> = {
    outcome: 'skipped',
    summary,
    ...(output === undefined ? {} : { output }),
  }
  return close(state, frame, finished, then)
}

const again = (state: IncidentState, frame: Frame): IncidentState => {
  if (frame.phase.at !== 'gating') throw new Error(`a plan is made again at its gate, not in ${frame.phase.at}`)
  return inPhase(state, frame, { at: 'planning', input: { ...frame.phase.plan.with } })
}
