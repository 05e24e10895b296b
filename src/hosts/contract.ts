// hosts: whatever talks to the operator. They fold the event stream with the engine's own views.
// A host holds no policy and never sees the runtime; one that fails never stops a run.

import type { Event } from '../domain/event.js'
import type { Answer, Question } from '../domain/question.js'
import type { IncidentState } from '../engine/state.js'

/** An event that is in the journal: the fact, its raw line, and the state after it. */
export type Notice = { readonly event: Event; readonly line: string; readonly state: IncidentState }

export type Host = {
  readonly notify: (notice: Notice) => void
  /** Undefined: nobody answered (end of input, or the signal). */
  readonly request: (question: Question, signal: AbortSignal) => Promise<Answer | undefined>
}

/** The streams of a process. Results go to `out`; everything that is said on the way goes to `err`. */
export type Streams = {
  readonly input: NodeJS.ReadStream
  readonly out: NodeJS.WriteStream
  readonly err: NodeJS.WriteStream
}
