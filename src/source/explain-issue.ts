import type { $ZodErrorMap, $ZodRawIssue } from 'zod/v4/core'
import type { SourceNode } from './node.js'

/** zod's findings in the words of someone who writes YAML. A message that the schema itself gives wins over these. */
export const explainIssue: $ZodErrorMap = issue => {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${typeName(issue.expected)}`
    case 'invalid_value':
      return `must be ${oneOf(issue.values.map(value => `\`${String(value)}\``))}`
    case 'invalid_union':
      return 'has a shape that is not known here'
    case 'too_small':
      return tooSmall(issue)
    case 'too_big':
      return `must be at most ${amount(issue.origin, issue.maximum)}`
    case 'invalid_format':
      return issue.pattern ? `must look like ${issue.pattern}` : `is no ${issue.format}`
    default:
      return undefined
  }
}

/** What stands there, for `must be text, found a number`. */
export const foundName = (node: SourceNode): string => {
  if (node.kind === 'map') return 'a map'
  if (node.kind === 'list') return 'a list'
  if (node.value === null) return 'nothing'
  if (typeof node.value === 'string') return `the text "${node.value.slice(0, 60)}"`
  return typeof node.value === 'number' ? `the number ${node.value}` : `\`${node.value}\``
}

export const typeName = (expected: string): string => TYPE_NAMES[expected] ?? `a value of type ${expected}`

export const oneOf = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`

const TYPE_NAMES: { readonly [expected: string]: string } = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
  null: 'nothing',
}

const tooSmall = (issue: Extract<$ZodRawIssue, { code: 'too_small' }>): string => {
  if (issue.origin === 'string' && issue.minimum === 1) return 'must not be empty'
  if (issue.origin === 'array')
    return `must have at least ${issue.minimum} ${issue.minimum === 1 ? 'entry' : 'entries'}`
  return `must be at least ${amount(issue.origin, issue.minimum)}`
}

const amount = (origin: string, limit: number | bigint): string => {
  if (origin === 'string') return `${limit} characters long`
  return origin === 'array' ? `${limit} long` : String(limit)
}
