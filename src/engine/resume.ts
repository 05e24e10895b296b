import type { Event } from '../domain/event.js'
import { type Command, pending } from './pending.js'
import type { IncidentState } from './state.js'
import { next } from './transition.js'

/** What a process of that version that goes on finds to do, not what the one before was about to. Nothing where it is over. */
export const afterResume = (state: IncidentState, tool: string): readonly Command[] => {
  const resumed: Event = { type: 'incident.resumed', at: state.at ?? '', actor: 'engine', data: { tool } }
  const after = next(state, resumed)
  return after ? pending(after) : []
}
