import { nearest } from '../source/nearest.js'

/** Words that CEL keeps for itself: `steps.in` or `inputs.true` could not be read. */
const CEL_WORDS: ReadonlySet<string> = new Set([
  ...['as', 'break', 'const', 'continue', 'else', 'false', 'for', 'function', 'if', 'import', 'in', 'let'],
  ...['loop', 'namespace', 'null', 'package', 'return', 'true', 'var', 'void', 'while'],
])

/** What expressions know without a runbook. A step of that name would be taken for it. */
export const KNOWN_NAMES = [
  ...['inputs', 'steps', 'result', 'posture', 'impact', 'elapsed', 'incident', 'mode'],
  ...['outcome', 'visits', 'has', 'size'],
] as const

const PROTOTYPE_NAMES: ReadonlySet<string> = new Set(['constructor', 'prototype', '__proto__'])

/** Names of types: a variable of that name could not be told from them. */
const CEL_TYPES: ReadonlySet<string> = new Set([
  ...['type', 'string', 'list', 'map', 'int', 'uint', 'double', 'bool', 'bytes', 'dyn', 'optional'],
  ...['timestamp', 'duration', 'google', 'null_type'],
])

const NAME = /^[a-z][a-z0-9_]*$/

type BadName = { readonly message: string; readonly suggestion?: string }

/** Why a step cannot have that id. */
export const badStepId = (id: string): BadName | undefined => {
  const known: readonly string[] = KNOWN_NAMES
  if (!known.includes(id)) return badInputName(id)
  return {
    message: `\`${id}\` already means something in expressions`,
    suggestion: `choose another name, such as \`${id}_1\``,
  }
}

/** Why an item of an `each` cannot have that name: it stands in expressions by itself. */
export const badItemName = (name: string): BadName | undefined =>
  CEL_TYPES.has(name)
    ? {
        message: `\`${name}\` is the name of a type in expressions`,
        suggestion: `choose another name, such as \`one_${name}\``,
      }
    : badStepId(name)

/** Why an input cannot have that name. */
export const badInputName = (name: string): BadName | undefined => {
  if (!NAME.test(name)) {
    const fixed = name
      .toLowerCase()
      .replaceAll(/[^a-z0-9_]/g, '_')
      .replace(/^[^a-z]+/, '')
    const suggestion = NAME.test(fixed) ? `write \`${fixed.slice(0, 60)}\`` : undefined
    const message =
      'a name has lower case letters, digits and _ only, and begins with a letter: expressions could not read this one'
    return suggestion === undefined ? { message } : { message, suggestion }
  }
  if (!CEL_WORDS.has(name) && !PROTOTYPE_NAMES.has(name)) return undefined
  return {
    message: `\`${name}\` is a reserved word that expressions could not read`,
    suggestion: `choose another name, such as \`${name}_1\``,
  }
}

/** What was meant instead of an unknown name, or what there is. */
export const suggestName = (name: string, known: readonly string[], kind: string): string | undefined => {
  const found = nearest(name, known)
  if (found !== undefined) return `did you mean \`${found}\`?`
  return known.length === 0
    ? undefined
    : `known ${kind}: ${[...new Set(known)].slice(0, 12).join(', ')}${known.length > 12 ? ', …' : ''}`
}

/** `a check step`, `an ask step`. */
export const aStep = (kind: string): string => `${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind} step`
