import type { Answer, Question } from '../domain/question.js'
import type { Stop } from './stop.js'

/** `nth`: how often that kind of question of that step was answered before, in this incident. */
export type Context = { readonly nth: number; readonly signal: AbortSignal }
export type Answerer = (question: Question, context: Context) => Promise<Answer | undefined>

/** What belongs to a question besides its words. */
export type Turn = {
  /** Asked when its turn has come: how often it was answered may have changed meanwhile. */
  readonly nth: () => number
  readonly withdrawn?: AbortSignal
  /** Where it had to wait for another one: resolves when what that one's answer led to is known. */
  readonly settled?: () => Promise<void>
  /** Done first when its turn has come: only what is put is on record as asked. */
  readonly announce?: () => Promise<void>
}

/** Where the operator sits: one question at a time. */
export type Desk = {
  /** Waits its turn. Undefined: nobody answered; `interrupted`: something else came first, ask again. */
  readonly ask: (question: Question, turn: Turn) => Promise<Answer | 'interrupted' | undefined>
  /** Takes the open question off the screen: what it stands on has changed, or another one cannot wait. */
  readonly interrupt: () => void
}

export const createDesk = (answer: Answerer, stop: Pick<Stop, 'signal'>): Desk => {
  let turn: Promise<unknown> = Promise.resolve()
  let waiting = 0
  let open = new AbortController()
  return {
    ask: (question, { nth, withdrawn, settled, announce }) => {
      const isQueued = waiting > 0
      waiting += 1
      const asked = turn.then(async () => {
        if (isQueued) await settled?.()
        if (withdrawn?.aborted) return undefined
        await announce?.()
        const mine = new AbortController()
        open = mine
        const signals = [stop.signal, mine.signal, ...(withdrawn ? [withdrawn] : [])]
        const answered = await answer(question, { nth: nth(), signal: AbortSignal.any(signals) })
        return answered ?? (mine.signal.aborted ? 'interrupted' : undefined)
      })
      const done = () => {
        waiting -= 1
      }
      turn = asked.then(done, done)
      return asked
    },
    interrupt: () => open.abort(),
  }
}
