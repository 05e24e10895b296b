import type { Answer, Detail, Question } from '../../domain/question.js'
import type { Streams } from '../contract.js'
import { askDetails } from './details.js'
import { HOST_VERB, matching } from './matching.js'
import type { Paint } from './paint.js'
import { commandsText, helpText, promptLine, questionText } from './question-text.js'
import { read } from './read.js'
import type { Screen } from './screen.js'
import { dropTypeAhead } from './type-ahead.js'

export type Terminal = { readonly streams: Streams; readonly paint: Paint; readonly screen: Screen }

/** Enter alone, where something has happened beside the question: it is told, and the question is put again. */
const NEWS = ''

/**
 * Asks at the terminal until the answer is one of the options or verbs, by its full key or an unambiguous
 * beginning, and all that it needs to know is told. A bare Enter and garbage ask again; nothing typed before the
 * question counts.
 */
export const prompt = async (
  { streams, paint, screen }: Terminal,
  question: Question,
  signal: AbortSignal,
): Promise<Answer | undefined> => {
  const { say } = screen
  put({ streams, paint, screen }, question)
  await dropTypeAhead(streams.input)
  for (;;) {
    const key = await read(streams, signal, promptLine(question), text =>
      text.trim() === '' && screen.isHolding() ? { value: NEWS } : matching(question, text),
    )
    if (key === undefined) return undefined
    if (key === NEWS) {
      put({ streams, paint, screen }, question)
      continue
    }
    const details = detailsOf(question, key)
    if (details !== undefined) {
      const told = await askDetails(streams, paint, details, signal)
      return told && { option: key, by: 'operator', ...told }
    }
    say(key === HOST_VERB.commands ? commandsText(question, paint) : helpText(question, paint))
  }
}

/** All that waited, then the plan that is asked about, then the question; what happens from here on waits. */
const put = ({ streams, paint, screen }: Terminal, question: Question): void => {
  screen.release()
  if (question.gate) screen.showPlan(question.gate.plan)
  screen.hold()
  screen.say(questionText(question, paint, streams.err.columns))
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
