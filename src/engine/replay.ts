import type { Event } from '../domain/event.js'
import { fail, ok, type Result } from '../domain/result.js'
import { EMPTY, type IncidentState } from './state.js'
import { next, where } from './transition.js'

/** The fold of a journal. A journal with an event that its state does not accept was not written by this engine. */
export const replay = (events: Iterable<Event>): Result<IncidentState> => {
  let state = EMPTY
  let line = 0
  for (const event of events) {
    line += 1
    const after = next(state, event)
    if (!after)
      return fail(
        'journal.damaged',
        `line ${line} of the journal, ${event.type}, is not accepted ${where(state, event)}`,
        'restore the journal from a copy; nothing was changed',
      )
    state = after
  }
  return ok(state)
}
