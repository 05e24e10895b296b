import type { Place } from '../domain/event.js'
import type { Answer } from '../domain/question.js'
import type { Deps } from './deps.js'

/** Writes an answer down: the step goes on by it. */
export const answered = (
  { ledger }: Deps,
  { frame, step, visit }: Place,
  question: string,
  { option, by, typed, reason, to }: Answer,
): Promise<void> =>
  ledger.append({
    type: 'question.answered',
    frame,
    actor: by,
    data: {
      step,
      visit,
      question,
      option,
      by,
      ...(typed === undefined ? {} : { typed }),
      ...(reason === undefined ? {} : { reason }),
      ...(to === undefined ? {} : { to }),
    },
  })
