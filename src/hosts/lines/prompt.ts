import type { GateLevel } from '../../domain/plan.js'
import type { Answer, Option, Question } from '../../domain/question.js'
import type { Streams } from '../contract.js'
import { hang } from './layout.js'
import type { Paint } from './paint.js'
import { type Accepted, read } from './read.js'
import { dropTypeAhead } from './type-ahead.js'

/**
 * Asks at the terminal until the answer is one of the options, by its full key or an unambiguous beginning.
 * A bare Enter and garbage ask again; nothing typed before the question counts.
 */
export const prompt = async (
  streams: Streams,
  paint: Paint,
  question: Question,
  signal: AbortSignal,
): Promise<Answer | undefined> => {
  streams.err.write(`${questionText(question, paint, streams.err.columns)}\n`)
  await dropTypeAhead(streams.input)
  const option = await read(streams, signal, `${question.options.map(({ key }) => key).join(' / ')}:`, text =>
    matching(question.options, text),
  )
  if (option === undefined) return undefined
  if (question.type?.option !== option) return { option, by: 'operator' }
  const { word } = question.type
  const typed = await read(streams, signal, `Type ${word} to confirm:`, text =>
    text === word ? { value: word } : `That is not ${word}. Type it exactly, or press Ctrl-C to pause.`,
  )
  return typed === undefined ? undefined : { option, by: 'operator', typed }
}

const questionText = (
  { title, text, options, gate }: Question,
  paint: Paint,
  width: number | undefined,
): string =>
  [
    '',
    `${paint('warn', '?')} ${paint('title', title)}`,
    `  ${hang('  ', text, width, line => line)}`,
    ...(gate ? [paint('quiet', `  ${CONSENT[gate.level]}: ${gate.reasons.join(', ')}`)] : []),
    ...options.map(
      ({ key, label, recommended }) =>
        `    ${paint('title', key.padEnd(10))} ${label}${recommended ? paint('quiet', '  (recommended)') : ''}`,
    ),
  ].join('\n')

const CONSENT = {
  auto: 'nobody need agree',
  operator: 'needs your consent',
  typed: 'needs your consent, typed',
  peer: 'needs a second person',
  refused: 'is refused',
} as const satisfies { readonly [level in GateLevel]: string }

/** The option that a text means, or what to say instead. */
export const matching = (options: readonly Option[], text: string): Accepted | string => {
  const typed = text.trim().toLowerCase()
  const keys = options.map(({ key }) => key)
  if (typed === '') return `Type one of: ${keys.join(', ')}. Enter alone decides nothing.`
  const exact = keys.find(key => key.toLowerCase() === typed)
  const begun = keys.filter(key => key.toLowerCase().startsWith(typed))
  if (exact !== undefined) return { value: exact }
  if (begun.length === 1 && begun[0] !== undefined) return { value: begun[0] }
  return begun.length > 1
    ? `${typed} may mean ${begun.join(' or ')}. Type more of it.`
    : `"${text.trim()}" is none of: ${keys.join(', ')}.`
}
