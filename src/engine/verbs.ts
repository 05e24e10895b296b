// What an operator can do at a question besides answering it, and what each verb needs to know.

import { formatDuration } from '../domain/duration.js'
import type { Posture } from '../domain/mode.js'
import { type Detail, VERB, type Verb, type VerbKey } from '../domain/question.js'
import { isAlone } from './alone.js'
import { stepOf, stepsOf, withheld } from './frames.js'
import type { Frame, IncidentState } from './state.js'
import { lastUndoable } from './undo.js'

const WHY: Detail = {
  field: 'reason',
  message: 'Why?',
  accepts: 'text',
  suggestions: ['done by hand', 'not applicable', 'too risky'],
}

const text = (field: Detail['field'], message: string): Detail => ({ field, message, accepts: 'text' })

/** How long a raised posture holds, unless it is raised again. Milliseconds. */
export const POSTURE_HOLDS = 3_600_000
/** So long before it expires, the operator is asked. Milliseconds. */
export const POSTURE_NOTICE = 600_000

/** Possible wherever a question is open, whatever it is about: they move nothing. */
export const SIDE_VERBS: readonly Verb[] = [
  { key: VERB.note, label: 'Write a note into the record', details: [text('reason', 'Note:')] },
  {
    key: VERB.did,
    label: 'Record a change that you made by hand; undo does not take it back',
    details: [
      text('to', 'What was it made on? Ids, commas between them:'),
      text('reason', 'What was changed?'),
    ],
  },
  {
    key: VERB.escalate,
    label: 'Record that somebody was called; firebreak itself calls nobody',
    details: [text('to', 'Whom did you call?'), text('reason', 'What do they need to know?')],
  },
  { key: VERB.pause, label: 'Stop here; `firebreak resume` goes on', details: [] },
]

const posture = (state: IncidentState): Verb =>
  state.raised
    ? {
        key: VERB.posture,
        label: `Back to conservative limits (now ${state.raised.to}: ${state.raised.reason})`,
        details: [text('reason', 'Why?')],
      }
    : {
        key: VERB.posture,
        label: `Aggressive limits for ${formatDuration(POSTURE_HOLDS)}: customers are hurt, act faster`,
        details: [text('reason', 'Why?')],
      }

/** What a choice that changes the posture adds to its label: that is never done unsaid. */
export const postureWords = (to: Posture | undefined): string => {
  if (to === undefined) return ''
  return to === 'aggressive' ? ` (aggressive limits for ${formatDuration(POSTURE_HOLDS)})` : ` (${to} limits)`
}

/** Those that move on from where the frame stands. */
const moving = (state: IncidentState, frame: Frame): readonly Verb[] => {
  const { at } = frame.phase
  if (at !== 'asking' && at !== 'gating' && at !== 'deciding') return []
  const again = at === 'gating' ? [LOOK_AGAIN] : []
  // There is nowhere to go on to, and declining is the end of it.
  if (isAlone(stepOf(state, frame))) return again
  const steps = stepsOf(state, frame).map(({ id }) => id)
  return [
    { key: VERB.skip, label: 'Go on to the next step without this one', details: [WHY] },
    ...again,
    {
      key: VERB.jump,
      label: 'Go on at another step',
      details: [{ field: 'to', message: 'Which step?', accepts: { oneOf: steps } }, WHY],
    },
    ...undoLast(state),
    { key: VERB.abort, label: 'End the incident here, as aborted', details: [text('reason', 'Why?')] },
  ]
}

const LOOK_AGAIN: Verb = { key: VERB.retry, label: 'Look again and make a new plan', details: [] }

const undoLast = (state: IncidentState): readonly Verb[] => {
  const last = lastUndoable(state)
  return last && !withheld(state)
    ? [{ key: VERB.undo, label: `Take back what ${last.step} did (its plan is shown first)`, details: [] }]
    : []
}

/** Verbs at the question that a frame waits with. One whose name is an answer's own is not among them. */
export const verbsAt = (
  state: IncidentState,
  frame: Frame,
  options: readonly { readonly key: string }[],
): readonly Verb[] => {
  const all = [...(frame.of ? [] : moving(state, frame)), posture(state), ...SIDE_VERBS]
  return all.filter(({ key }) => !options.some(option => option.key === key))
}

/** Overriding is offered where a guardrail refuses, for that plan only; the word is the plan's own. */
export const overrideVerb = (guardrails: readonly string[], word: string): Verb => ({
  key: VERB.override,
  label: `Override ${guardrails.join(' and ')} for this one plan`,
  details: [
    text('reason', 'Why?'),
    { field: 'typed', message: `Type ${word} to override:`, accepts: { exactly: word } },
  ],
})

const MOVES: ReadonlySet<string> = new Set<VerbKey>([VERB.skip, VERB.retry, VERB.jump, VERB.undo, VERB.abort])

export const isMove = (option: string): boolean => MOVES.has(option)
