import type { ActionSpec } from '../../../actions/contract.js'
import { actions } from '../../../actions/registry.js'
import { EXIT } from '../../../domain/exit-codes.js'
import { schemaRows } from '../../../runbook/schema-rows.js'
import { nearest } from '../../../source/nearest.js'
import { isOptional } from '../../../source/schema-shape.js'
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
  for (const { key, words } of keys) say(io, `  -w ${`${key}=`.padEnd(width + 1)}  ${words}`)
  say(io, "  A list is a,b or the key once more; what has parts is YAML: -w key='{ a: 1 }'")
}

/** What a key is, for whoever has to give it. */
export const keyWords = (spec: ActionSpec, key: string): string =>
  keysOf(spec.input).find(row => row.key === key)?.words ?? key

const keysOf = (input: ActionSpec['input']): readonly { readonly key: string; readonly words: string }[] =>
  schemaRows(input, 'input')
    .filter(({ path }) => path in input.shape)
    .map(({ path: key, type, fallback, description }) => ({
      key,
      words: `${description ?? key} (${plain(type)}; ${need(input, key, fallback)})`,
    }))

/** The reference is Markdown; a terminal is not. */
const plain = (type: string): string => type.replaceAll('`', '')

const need = (input: ActionSpec['input'], key: string, fallback: string | undefined): string => {
  if (fallback !== undefined) return `${fallback} unless given`
  const schema = input.shape[key]
  return schema && isOptional(schema) ? 'may be left out' : 'needed'
}
