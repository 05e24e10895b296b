import type { Answer, Question } from '../../domain/question.js'
import type { Command } from '../../engine/pending.js'
import type { Deps } from '../deps.js'

export const ask = async (deps: Deps, command: Command & { do: 'ask' }): Promise<void> => {
  const { frame, step, visit, question } = command
  const answer = await put(deps, frame, question)
  if (!answer) return
  const { option, by, typed } = answer
  await deps.ledger.append({
    type: 'question.answered',
    frame,
    actor: by,
    data: {
      step: step.id,
      visit,
      question: question.id,
      option,
      by,
      ...(typed === undefined ? {} : { typed }),
    },
  })
}

/** Puts a question, on record. Undefined where it was not answered: then the incident pauses. */
export const put = async (deps: Deps, frame: string, question: Question): Promise<Answer | undefined> => {
  const { ledger, stop } = deps
  await ledger.append({ type: 'question.asked', frame, data: { question } })
  const answer = await deps.answer(question)
  if (!answer) stop.request(`"${question.title}" (${question.step}) was not answered`)
  return answer
}
