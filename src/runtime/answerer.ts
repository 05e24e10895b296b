import type { Clock } from '../domain/clock.js'
import type { Mode } from '../domain/mode.js'
import { type Answer, type Question, VERB } from '../domain/question.js'
import type { Answers } from './answers.js'
import type { Context } from './desk.js'

export type AnswererOptions = {
  readonly answers: Answers
  /** Answers as recommended, and approves: only ever where the fleet is simulated or the effects are withheld. */
  readonly auto: boolean
  readonly mode: Mode
  readonly clock: Clock
  /** The host; undefined where nobody is there. */
  readonly ask: ((question: Question, signal: AbortSignal) => Promise<Answer | undefined>) | undefined
}

/** Virtual time that an answer costs, so that scores are honest: a person reads, thinks and types. */
const ANSWER_MS = 15_000
const TYPED_MS = 30_000

/** The file first, then what is recommended (with `auto`), then the operator. Undefined: nobody answered. */
export const createAnswerer =
  (options: AnswererOptions) =>
  async (question: Question, { nth, signal }: Context): Promise<Answer | undefined> => {
    const { answers, auto, mode, clock, ask } = options
    const played = auto && !isBound(answers, question)
    const answer = fromFile(options, question, nth) ?? (played ? recommended(question) : undefined)
    if (!answer) return auto ? undefined : ask?.(question, signal)
    if (mode.fleet === 'simulated') await clock.sleep(answer.typed === undefined ? ANSWER_MS : TYPED_MS)
    return answer
  }

const fromFile = (options: AnswererOptions, question: Question, nth: number): Answer | undefined => {
  const { answers, decisions } = options.answers
  switch (question.kind) {
    case 'gate':
      return gateFromFile(options, question)
    case 'ask':
    case 'manual':
      return pick(question, own(answers, question.step), nth)
    case 'failed':
    case 'inconclusive':
    case 'budget':
      return pick(question, own(decisions, question.step), nth)
    default:
      return undefined
  }
}

/** One of what is offered; a verb that needs no more than its name, too. */
const pick = (
  { options, verbs }: Question,
  said: string | readonly string[] | undefined,
  index: number,
): Answer | undefined => {
  const option = typeof said === 'string' ? said : said?.[index]
  const offered =
    options.some(({ key }) => key === option) ||
    verbs.some(({ key, details }) => key === option && details.length === 0)
  return option !== undefined && offered ? { option, by: 'answers' } : undefined
}

/** A plan passes only by the exact digest that somebody read before; another plan is another question. */
const gateFromFile = ({ answers, mode }: AnswererOptions, question: Question): Answer | undefined => {
  const said = own(answers.gates, question.step)
  if (said === undefined) return undefined
  if (said === 'decline') return { option: 'decline', by: 'answers' }
  if ('override' in said) return mode.fleet === 'simulated' ? overriding(question, said.override) : undefined
  return said.approve === question.gate?.plan.digest && question.gate.level !== 'refused'
    ? agree(question, 'approve', 'answers')
    : undefined
}

const overriding = (question: Question, reason: string): Answer => {
  const typed = question.gate?.plan.confirm ?? ''
  return question.gate?.level === 'refused'
    ? { option: VERB.override, by: 'answers', reason, typed }
    : agree(question, 'approve', 'answers')
}

/** Whoever named a digest meant that plan: no other one passes for being recommended. */
const isBound = ({ gates }: Answers, question: Question): boolean =>
  question.kind === 'gate' && own(gates, question.step) !== undefined

/** Never past a gate that asks for a second person, and never where nothing is recommended. */
const recommended = (question: Question): Answer | undefined => {
  if (question.gate?.level === 'peer') return undefined
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
