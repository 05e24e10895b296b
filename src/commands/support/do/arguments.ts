import type * as z from 'zod'
import type { ActionSpec } from '../../../actions/contract.js'
import type { Json, JsonObject } from '../../../domain/json.js'
import { fail, ok, type Result } from '../../../domain/result.js'
import { decode } from '../../../source/decode.js'
import { nearest } from '../../../source/nearest.js'
import { plainValue } from '../../../source/node.js'
import { parseYaml } from '../../../source/parse-yaml.js'
import { isOptional, schemasAt } from '../../../source/schema-shape.js'
import { keyWords } from './action.js'

/** What was typed for each key, in the order of the command line. */
export type Typed = ReadonlyMap<string, readonly string[]>

/** `key=value`, as often as it was given; a key that the action does not have is none. */
export const typedFor = (spec: ActionSpec, pairs: readonly string[]): Result<Typed> => {
  const typed = new Map<string, readonly string[]>()
  const known = Object.keys(spec.input.shape)
  for (const pair of pairs) {
    const at = pair.indexOf('=')
    if (at < 1) return fail('input.invalid', `-w ${pair} is no assignment`, 'write it as -w key=value')
    const key = pair.slice(0, at)
    if (!known.includes(key)) return unknown(spec.name, key, known)
    typed.set(key, [...(typed.get(key) ?? []), pair.slice(at + 1)])
  }
  return ok(typed)
}

const unknown = (action: string, key: string, known: readonly string[]): Result<never> => {
  const near = nearest(key, known)
  return fail(
    'input.invalid',
    `${action} has no ${key}`,
    near ? `did you mean ${near}?` : `it takes ${known.join(', ')}`,
  )
}

/** Keys without which the action cannot be, and that nobody typed. */
export const missingIn = (spec: ActionSpec, typed: Typed): readonly string[] =>
  Object.entries(spec.input.shape).flatMap(([key, schema]) =>
    isOptional(schema) || typed.has(key) ? [] : [key],
  )

/** The values, as a runbook would give them in `with`; what is wrong with them is told all at once. */
export const valuesFor = (spec: ActionSpec, typed: Typed): Result<JsonObject> => {
  const values: [string, Json][] = []
  for (const [key, texts] of typed) {
    const schema = spec.input.shape[key]
    if (!schema) throw new Error(`${spec.name} has no ${key}`)
    if (texts.length > 1 && !isList(schema))
      return fail('input.invalid', `-w ${key} is given ${texts.length} times`, `keep one -w ${key}=VALUE`)
    values.push([key, readAs(schema, texts)])
  }
  return checked(spec, Object.fromEntries(values))
}

/** What is wrong with what was typed for one key; undefined where it fits. */
export const problemWith = (spec: ActionSpec, key: string, text: string): string | undefined => {
  const schema = spec.input.shape[key]
  const read = schema?.safeParse(readAs(schema, [text]))
  return read?.success ? undefined : `That does not fit. It is: ${keyWords(spec, key)}`
}

type Schema = z.ZodType

const isList = (schema: Schema): boolean =>
  schemasAt(schema, []).some(({ _zod: { def } }) => def.type === 'array')

/** The first meaning that the key takes; where it takes none, the one with the least wrong, which is told. */
const readAs = (schema: Schema, texts: readonly string[]): Json => {
  const [word, ...more] = texts
  // Of a key that takes a list or a word, such as `all`, the word is no list of one.
  if (word !== undefined && more.length === 0 && isList(schema) && schema.safeParse(word).success) return word
  const meanings = meaningsOf(texts, isList(schema))
  const [best = ''] = meanings.toSorted((a, b) => misfits(schema, a) - misfits(schema, b))
  return best
}

/** How much is wrong with a value; one of another kind is wrong altogether. */
const misfits = (schema: Schema, value: Json): number => {
  const issues = schema.safeParse(value).error?.issues ?? []
  return issues.some(({ code, path }) => code === 'invalid_type' && path.length === 0)
    ? Number.MAX_SAFE_INTEGER
    : issues.length
}

/** As text where that will do: `123` may be an id. Brackets and quotes are YAML, and never entries of a list as they stand. */
const meaningsOf = (texts: readonly string[], isList: boolean): readonly Json[] => {
  const [text = ''] = texts
  if (!isList) return isYaml(text) ? [yamlOf(text), text] : [text, yamlOf(text)]
  const broken = texts.find(one => isYaml(one) && yamlOf(one) === one)
  if (broken !== undefined) return [broken]
  const entries = texts.flatMap(entriesOf)
  return [entries, entries.map(entry => (typeof entry === 'string' ? yamlOf(entry) : entry))]
}

const entriesOf = (text: string): readonly Json[] => {
  if (isYaml(text)) return [yamlOf(text)].flat()
  return text.trim() === '' ? [] : text.split(',').map(entry => entry.trim())
}

const isYaml = (text: string): boolean => /^\s*[[{"']/.test(text)

/** The text itself where it is no YAML. */
const yamlOf = (text: string): Json => {
  const { root } = parseYaml(text, '')
  return root ? plainValue(root) : text
}

/** By the whole schema: what two keys must be to each other, too. JSON is YAML, and so the words are those of a file. */
const checked = (spec: ActionSpec, values: JsonObject): Result<JsonObject> => {
  const { source, root, diagnostics } = parseYaml(JSON.stringify(values), '-w')
  const decoded = root ? decode(source, root, spec.input) : { ok: false as const, diagnostics }
  const [first] = decoded.ok ? [] : decoded.diagnostics
  if (decoded.ok || !first) return ok(values)
  const all = decoded.diagnostics.map(({ message }) => message).join('; ')
  return fail('input.invalid', all, first.suggestion ?? 'see below what it takes')
}
