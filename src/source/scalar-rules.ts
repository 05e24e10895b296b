import type { Finding } from './diagnostic.js'

const PROTOTYPE_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

/** Why a key is refused. Undefined stands for a key that is no text. */
export const checkKey = (key: string | undefined, seen: ReadonlySet<string>): Finding | undefined => {
  if (key === undefined)
    return { rule: 'yaml-key', message: 'a key must be a plain word, not a list, a map or an alias' }
  if (key === '<<') {
    return {
      rule: 'yaml-merge',
      message: 'merge keys are not part of this format',
      suggestion: 'write the keys out',
    }
  }
  if (PROTOTYPE_KEYS.has(key)) {
    return { rule: 'reserved-key', message: `\`${key}\` cannot be a key`, suggestion: 'choose another name' }
  }
  if (seen.has(key)) {
    return { rule: 'duplicate-key', message: `\`${key}\` stands here twice`, suggestion: 'keep one of the two' }
  }
  return CONTROL.test(key) ? CONTROL_FINDING : undefined
}

/** Why a value is refused: JSON, and so the journal, could not hold it as written. */
export const checkScalar = (value: unknown, written: string): Finding | undefined => {
  if (typeof value === 'string') return CONTROL.test(value) ? CONTROL_FINDING : undefined
  if (typeof value === 'number') return checkNumber(value, written)
  return value === null || typeof value === 'boolean'
    ? undefined
    : { rule: 'yaml-value', message: 'this is no plain value' }
}

const checkNumber = (value: number, written: string): Finding | undefined => {
  const suggestion = `put it in quotes if it is text: "${written}"`
  if (!Number.isFinite(value))
    return { rule: 'yaml-number', message: `\`${written}\` is no finite number`, suggestion }
  if (/^[-+]?0\d/.test(written)) {
    return {
      rule: 'yaml-number',
      message: `YAML reads ${written} as the number ${value}: the zero is lost`,
      suggestion,
    }
  }
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    return { rule: 'yaml-number', message: `${written} has more digits than a number holds`, suggestion }
  }
  return undefined
}

/** Everything that could steer a terminal; line feed, carriage return and tab are plain text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/

const CONTROL_FINDING: Finding = { rule: 'yaml-control', message: 'this text has a control character in it' }
