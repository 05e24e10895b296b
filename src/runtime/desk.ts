import type { Answer, Question } from '../domain/question.js'
import type { Stop } from './stop.js'

/** `nth`: how often that kind of question of that step was answered before, in this incident. */
export type Context = { readonly nth: number; readonly signal: AbortSignal }
export type Answerer = (question: Question, context: Context) => Promise<Answer | undefined>

/** Where the operator sits: one question at a time. */
export type Desk = {
  /** Waits its turn. Undefined: nobody answered; `interrupted`: something else came first, ask again. */
  readonly ask: (
    question: Question,
    nth: number,
    withdrawn?: AbortSignal,
  ) => Promise<Answer | 'interrupted' | undefined>
  /** Takes the open question off the screen: what it stands on has changed, or another one cannot wait. */
  readonly interrupt: () => void
}

export const createDesk = (answer: Answerer, stop: Pick<Stop, 'signal'>): Desk => {
  let turn: Promise<unknown> = Promise.resolve()
  let open = new AbortController()
  return {
    ask: (question, nth, withdrawn) => {
      const asked = turn.then(async () => {
        const mine = new AbortController()
        open = mine
        const signals = [stop.signal, mine.signal, ...(withdrawn ? [withdrawn] : [])]
        const answered = await answer(question, { nth, signal: AbortSignal.any(signals) })
        return answered ?? (mine.signal.aborted ? 'interrupted' : undefined)
      })
      turn = asked.catch(() => {})
      return asked
    },
    interrupt: () => open.abort(),
  }
}
