import type { Answer, Question } from '../domain/question.js'
import type { Deps } from './deps.js'

/** Puts a question, on record. Undefined where it was not answered: then the incident pauses. */
export const put = async (deps: Deps, frame: string, question: Question): Promise<Answer | undefined> => {
  const { ledger, stop } = deps
  await ledger.append({ type: 'question.asked', frame, data: { question } })
  const answer = await deps.answer(question)
  if (!answer) stop.request(`"${question.title}" (${question.step}) was not answered`)
  return answer
}
