import type { Answer, Detail, Question } from '../../domain/question.js'
import type { Streams } from '../contract.js'
import { askDetails } from './details.js'
import { HOST_VERB, matching } from './matching.js'
import type { Paint } from './paint.js'
import { commandsText, helpText, promptLine, questionText } from './question-text.js'
import { read } from './read.js'
import { dropTypeAhead } from './type-ahead.js'

/**
 * Asks at the terminal until the answer is one of the options or verbs, by its full key or an unambiguous
 * beginning, and all that it needs to know is told. A bare Enter and garbage ask again; nothing typed before the
 * question counts.
 */
export const prompt = async (
  streams: Streams,
  paint: Paint,
  question: Question,
  signal: AbortSignal,
): Promise<Answer | undefined> => {
  const say = (text: string) => streams.err.write(`${text}\n`)
  say(questionText(question, paint, streams.err.columns))
  await dropTypeAhead(streams.input)
  for (;;) {
    const key = await read(streams, signal, promptLine(question), text => matching(question, text))
    if (key === undefined) return undefined
    const details = detailsOf(question, key)
    if (details !== undefined) {
      const told = await askDetails(streams, paint, details, signal)
      return told && { option: key, by: 'operator', ...told }
    }
    say(key === HOST_VERB.commands ? commandsText(question, paint) : helpText(question, paint))
  }
}

/** What an option or verb must be told besides; undefined for what the host does itself. */
const detailsOf = ({ options, verbs, type }: Question, key: string): readonly Detail[] | undefined => {
  if (!options.some(option => option.key === key)) return verbs.find(verb => verb.key === key)?.details
  return type?.option === key ? [confirmation(type.word)] : []
}

const confirmation = (word: string): Detail => ({
  field: 'typed',
  message: `Type ${word} to confirm`,
  accepts: { exactly: word },
})
