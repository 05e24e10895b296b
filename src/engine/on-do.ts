// The frame of an action beside the runbook, `do#N`: from its first event on it goes by the rows of any other action.

import type { Event } from '../domain/event.js'
import { doFrame, whyNotNow } from './alone.js'
import { newFrame } from './frames.js'
import type { Frame, IncidentState } from './state.js'

/** Undefined where it is a step of the runbook that is entered, or where something is in flight. */
export const begun = (
  state: IncidentState,
  event: Event<'step.entered'>,
): (() => IncidentState) | undefined => {
  const { doing, step, visit } = event.data
  const path = doFrame(state.dos + 1)
  if (!doing || event.frame !== path || step !== doing.id || visit !== 1) return undefined
  if (whyNotNow(state) !== undefined) return undefined
  const frame: Frame = {
    ...newFrame(path),
    phase: { at: 'preparing' },
    visits: { [step]: visit },
    counts: { [step]: visit },
    doing,
    begun: event.at,
  }
  return () => ({ ...state, dos: state.dos + 1, frames: { ...state.frames, [path]: frame } })
}
