import type { Clock } from '../domain/clock.js'
import type { Mode } from '../domain/mode.js'
import type { Answer, Question } from '../domain/question.js'

/** What an answers file says: a choice per step (or one per visit), and what to do at its gate. */
export type Answers = {
  readonly inputs: { readonly [name: string]: string | number | boolean }
  readonly answers: { readonly [step: string]: string | readonly string[] }
  readonly gates: { readonly [step: string]: 'decline' | { readonly approve: string } }
}

export const NO_ANSWERS: Answers = { inputs: {}, answers: {}, gates: {} }

export type AnswererOptions = {
  readonly answers: Answers
  /** Answers as recommended, and approves: only ever where the fleet is simulated or the effects are withheld. */
  readonly auto: boolean
  readonly mode: Mode
  readonly clock: Clock
  /** The host; undefined where nobody is there. */
  readonly ask: ((question: Question) => Promise<Answer | undefined>) | undefined
}

/** Virtual time that an answer costs, so that scores are honest: a person reads, thinks and types. */
const ANSWER_MS = 15_000
const TYPED_MS = 30_000

/** The file first, then what is recommended (with `auto`), then the operator. Undefined: nobody answered. */
export const createAnswerer =
  (options: AnswererOptions) =>
  async (question: Question): Promise<Answer | undefined> => {
    const { answers, auto, mode, clock, ask } = options
    const played = auto && !isBound(answers, question)
    const answer = fromFile(answers, question) ?? (played ? recommended(question) : undefined)
    if (!answer) return auto ? undefined : ask?.(question)
    if (mode.fleet === 'simulated') await clock.sleep(answer.typed === undefined ? ANSWER_MS : TYPED_MS)
    return answer
  }

const fromFile = (answers: Answers, question: Question): Answer | undefined => {
  if (question.kind === 'gate') return gateFromFile(answers, question)
  if (question.kind !== 'ask' && question.kind !== 'manual') return undefined
  const said = own(answers.answers, question.step)
  const option = typeof said === 'string' ? said : said?.[question.visit - 1]
  const offered = question.options.some(({ key }) => key === option)
  return option !== undefined && offered ? { option, by: 'answers' } : undefined
}

/** A plan passes only by the exact digest that somebody read before; another plan is another question. */
const gateFromFile = (answers: Answers, question: Question): Answer | undefined => {
  const said = own(answers.gates, question.step)
  if (said === undefined) return undefined
  if (said === 'decline') return { option: 'decline', by: 'answers' }
  return said.approve === question.gate?.plan.digest ? agree(question, 'approve', 'answers') : undefined
}

/** Whoever named a digest meant that plan: no other one passes for being recommended. */
const isBound = ({ gates }: Answers, question: Question): boolean =>
  question.kind === 'gate' && own(gates, question.step) !== undefined

/** Never past a gate that asks for a second person, and never where nothing is recommended. */
const recommended = (question: Question): Answer | undefined => {
  if (question.gate?.level === 'peer' || question.gate?.level === 'refused') return undefined
  const best = question.options.find(option => option.recommended)
  return best && agree(question, best.key, 'auto')
}

const agree = (question: Question, option: string, by: 'auto' | 'answers'): Answer => ({
  option,
  by,
  ...(question.type?.option === option ? { typed: question.type.word } : {}),
})

const own = <T>(map: { readonly [key: string]: T }, key: string): T | undefined =>
  Object.hasOwn(map, key) ? map[key] : undefined
