import type { ActionSpec } from '../../../actions/contract.js'
import { actions } from '../../../actions/registry.js'
import { EXIT } from '../../../domain/exit-codes.js'
import { schemaRows } from '../../../runbook/schema-rows.js'
import { nearest } from '../../../source/nearest.js'
import type { Loaded } from '../definitions.js'
import { type Io, say } from '../io.js'

/** The action of that name; where there is none, all there are, and what each does. */
export const findAction = (io: Io, said: string | undefined): Loaded<ActionSpec> => {
  const names = Object.keys(actions)
  const found = said !== undefined && names.includes(said) ? actions[said] : undefined
  if (found) return { value: found }
  const near = said === undefined ? undefined : nearest(said, names)
  say(io, said === undefined ? 'firebreak: do what?' : `firebreak: there is no action ${said}`)
  say(io, `  next: ${near ? `did you mean ${near}?` : 'name one of these: firebreak do ACTION -w key=value'}`)
  const width = Math.max(...names.map(({ length }) => length))
  for (const { name, summary } of Object.values(actions)) say(io, `  ${name.padEnd(width)}  ${summary}`)
  return { exit: EXIT.usage }
}

/** What an action is told by -w, a line a key. */
export const sayKeys = (io: Io, { name, input }: ActionSpec): void => {
  const keys = keysOf(input)
  const width = Math.max(0, ...keys.map(({ key }) => key.length))
  say(io, `${name} takes:`)
  for (const { key, words, need } of keys) say(io, `  -w ${`${key}=`.padEnd(width + 1)}  ${words}; ${need}`)
  say(io, "  A list is a,b or the key once more; what has parts is YAML: -w key='{ a: 1 }'")
}

/** What a key is, for whoever has to give it. */
export const keyWords = ({ input }: ActionSpec, key: string): string =>
  keysOf(input).find(row => row.key === key)?.words ?? key

type Key = { readonly key: string; readonly words: string; readonly need: string }

/** The reference is Markdown; a terminal is not. */
const keysOf = (input: ActionSpec['input']): readonly Key[] =>
  schemaRows(input, 'input')
    .filter(({ path }) => Object.hasOwn(input.shape, path))
    .map(({ path: key, type, required, fallback, description }) => ({
      key,
      words: `${description ?? key} (${type.replaceAll('`', '')})`,
      need: needOf(required, fallback),
    }))

const needOf = (required: boolean, fallback: string | undefined): string => {
  if (fallback !== undefined) return `${fallback} unless given`
  return required ? 'needed' : 'may be left out'
}
