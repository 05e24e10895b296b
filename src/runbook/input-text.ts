import { isIP } from 'node:net'
import { parseDuration } from '../domain/duration.js'
import type { Json } from '../domain/json.js'
import type { InputSpec, InputType } from '../domain/runbook.js'
import { LONGEST, LONGEST_MS } from './longest.js'

/** What the text of an input must be, where it is not; the same for a default and for what a person gives. */
export const wrongInputText = (type: InputType, text: string): string | undefined => {
  switch (type) {
    case 'duration':
      return wrongDuration(parseDuration(text) ?? 0)
    case 'cidr':
      return isPrefix(text) ? undefined : 'an address or a prefix, such as 10.1.2.3 or 10.0.0.0/8'
    case 'string':
    case 'proxy':
    case 'shard':
      return text.trim() === '' ? 'text that is not empty' : undefined
    default:
      return undefined
  }
}

/** What the value of an input must be, where it is not: a default, or what a runbook gives to another one. */
export const wrongInputValue = ({ type, options }: InputSpec, value: Json): string | undefined => {
  if (type === 'number') return typeof value === 'number' ? undefined : 'a number'
  if (type === 'boolean') return typeof value === 'boolean' ? undefined : 'true or false'
  if (typeof value !== 'string')
    return type === 'duration' ? 'a duration such as 90s' : 'text; put it in quotes'
  if (type === 'choice' && !options?.includes(value)) return `one of ${options?.join(', ')}`
  return wrongInputText(type, value)
}

const wrongDuration = (ms: number): string | undefined => {
  if (ms > LONGEST_MS) return `a duration of at most ${LONGEST}`
  return ms > 0 ? undefined : 'a duration such as 90s, longer than nothing'
}

const isPrefix = (text: string): boolean => {
  const [address = '', length, ...more] = text.split('/')
  const family = address.includes('%') ? 0 : isIP(address) // a zone is of one machine only
  if (family === 0 || more.length > 0) return false
  return (
    length === undefined || (/^(0|[1-9]\d{0,2})$/.test(length) && Number(length) <= (family === 4 ? 32 : 128))
  )
}
