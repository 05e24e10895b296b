import type { Answer, Question } from '../domain/question.js'
import { createQueue } from './queue.js'
import type { Stop } from './stop.js'

/** `nth`: how often that kind of question of that step was answered before, in this incident. */
export type Context = { readonly nth: number; readonly signal: AbortSignal }
export type Answerer = (question: Question, context: Context) => Promise<Answer | undefined>

/** A question as things stand when its turn has come; undefined where it need not be asked any more. */
export type Making = () => Question | undefined

/** What belongs to a question besides its words. */
export type Turn = {
  readonly nth: (question: Question) => number
  readonly withdrawn?: AbortSignal
  /** Where it had to wait for another one: resolves when what that one's answer led to is known. */
  readonly settled?: () => Promise<void>
  /** Done first when its turn has come: only what is put is on record as asked. */
  readonly announce?: (question: Question) => Promise<void>
}

/** Where the operator sits: one question at a time. */
export type Desk = {
  /** Waits its turn. Undefined: nobody answered; `interrupted`: something else came first, ask again. */
  readonly ask: (make: Making, turn: Turn) => Promise<Answer | 'interrupted' | undefined>
  /** Takes the open question off the screen: what it stands on has changed, or another one cannot wait. */
  readonly interrupt: () => void
}

export const createDesk = (answer: Answerer, stop: Pick<Stop, 'signal'>): Desk => {
  const inTurn = createQueue()
  let waiting = 0
  let open = new AbortController()
  const put = async (make: Making, { nth, withdrawn, announce }: Turn): ReturnType<Desk['ask']> => {
    if (withdrawn?.aborted) return undefined
    const question = make()
    if (!question) return 'interrupted'
    await announce?.(question)
    const mine = new AbortController()
    open = mine
    const signals = [stop.signal, mine.signal, ...(withdrawn ? [withdrawn] : [])]
    const answered = await answer(question, { nth: nth(question), signal: AbortSignal.any(signals) })
    return answered ?? (mine.signal.aborted ? 'interrupted' : undefined)
  }
  return {
    ask: (make, asking) => {
      const isQueued = waiting > 0
      waiting += 1
      return inTurn(async () => {
        if (isQueued) await asking.settled?.()
        return put(make, asking)
      }).finally(() => {
        waiting -= 1
      })
    },
    interrupt: () => open.abort(),
  }
}
