import type { Answer, Detail } from '../../domain/question.js'
import type { Streams } from '../contract.js'
import { hang } from './layout.js'
import { matchingWord } from './matching.js'
import type { Paint } from './paint.js'
import { type Accepted, read } from './read.js'

export type Told = Pick<Answer, Detail['field']>

/** Asks for one detail after the other. Undefined as soon as one is not given: half an answer is none. */
export const askDetails = async (
  streams: Streams,
  paint: Paint,
  details: readonly Detail[],
  signal: AbortSignal,
): Promise<Told | undefined> => {
  let told: Told = {}
  for (const detail of details) {
    for (const line of hints(detail, paint, streams.err.columns)) streams.err.write(`${line}\n`)
    const text = await read(streams, signal, asked(detail.message), typed => accepting(detail, typed))
    if (text === undefined) return undefined
    told = { ...told, [detail.field]: text }
  }
  return told
}

const asked = (message: string): string => (/[:?]$/.test(message) ? message : `${message}:`)

const hints = (detail: Detail, paint: Paint, width: number | undefined): readonly string[] => {
  const { accepts } = detail
  if (accepts === 'text') {
    const numbered = suggestionsOf(detail).map(
      (text, index) => `    ${paint('title', `${index + 1}`)}  ${text}`,
    )
    return numbered.length === 0 ? [] : [...numbered, paint('quiet', '    a number, or your own words')]
  }
  return 'oneOf' in accepts
    ? [`  ${hang('  ', `one of: ${accepts.oneOf.join(', ')}`, width, line => paint('quiet', line))}`]
    : []
}

/** What a text gives for that detail, or what to say instead. */
export const accepting = (detail: Detail, text: string): Accepted | string => {
  const { accepts } = detail
  if (accepts === 'text') return freely(suggestionsOf(detail), text.trim())
  if ('oneOf' in accepts) return matchingWord(accepts.oneOf, text)
  return text === accepts.exactly
    ? { value: text }
    : `That is not ${accepts.exactly}. Type it exactly, or press Ctrl-C to pause.`
}

/** Where words are suggested, a number alone is always one of them: as a text it would explain nothing. */
const freely = (suggestions: readonly string[], typed: string): Accepted | string => {
  if (typed === '') return 'Type some words. Enter alone decides nothing.'
  if (suggestions.length === 0 || !/^\d+$/.test(typed)) return { value: typed }
  const chosen = suggestions[Number(typed) - 1]
  return chosen === undefined
    ? `There is no ${typed}: type 1 to ${suggestions.length}, or words.`
    : { value: chosen }
}

const suggestionsOf = ({ suggestions }: Detail): readonly string[] => suggestions ?? []
