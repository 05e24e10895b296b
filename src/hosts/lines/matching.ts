import type { Question } from '../../domain/question.js'
import type { Accepted } from './read.js'

type Choices = Pick<Question, 'options' | 'verbs'>

/** What the host itself does at a question; it never is an answer. */
export const HOST_VERB = { commands: 'x', help: '?' } as const

/** What a text means: the key of an option, of a verb or of the host's own, or what to say instead. */
export const matching = (question: Choices, text: string): Accepted | string => {
  const keys = question.options.map(({ key }) => key)
  if (text.trim() === '') return `Type one of: ${keys.join(', ')}. Enter alone decides nothing.`
  const names = namesOf(question)
  const own = Object.values(HOST_VERB).find(key => key === text.trim().toLowerCase())
  const meant = meanings(names, text)
  if (own !== undefined && !names.some(name => same(name, own))) return { value: own }
  return oneOf(meant, text) ?? `"${text.trim()}" is none of: ${keys.join(', ')}. ? shows all that can be typed.`
}

/** One of these words, in full or by a beginning that only it has. */
export const matchingWord = (words: readonly string[], text: string): Accepted | string => {
  const all = words.join(', ')
  if (text.trim() === '') return `Type one of: ${all}. Enter alone decides nothing.`
  return oneOf(meanings(words, text), text) ?? `"${text.trim()}" is none of: ${all}.`
}

/** Every key that counts: where an option and a verb have one name, it is the option's. */
const namesOf = ({ options, verbs }: Choices): readonly string[] => {
  const keys = options.map(({ key }) => key)
  return [...keys, ...verbs.map(({ key }) => key).filter(verb => !keys.some(key => same(key, verb)))]
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

const meanings = (words: readonly string[], text: string): readonly string[] => {
  const typed = text.trim().toLowerCase()
  const whole = words.find(word => same(word, typed))
  return whole === undefined ? words.filter(word => word.toLowerCase().startsWith(typed)) : [whole]
}

const oneOf = ([meant, ...others]: readonly string[], text: string): Accepted | string | undefined => {
  if (meant === undefined) return undefined
  if (others.length === 0) return { value: meant }
  return `${text.trim().toLowerCase()} may mean ${[meant, ...others].join(' or ')}. Type more of it.`
}
