import * as z from 'zod'
import { formatDuration } from '../domain/duration.js'
import { NOT_YET } from './schema-values.js'

type JsonSchema = z.core.JSONSchema.BaseSchema

/** One key of a schema, or of what is inside it. */
export type SchemaRow = {
  /** `verify.hold`, `proxies[].id`, `choices.<key>.label`. */
  readonly path: string
  /** In words for people; Markdown code where it is to be typed. */
  readonly type: string
  readonly required: boolean
  /** As it would be written. */
  readonly fallback: string | undefined
  readonly description: string | undefined
}

/** Every key of a schema, with those inside it, in the order in which they are declared. */
export const schemaRows = (schema: z.ZodObject, side: 'input' | 'output'): readonly SchemaRow[] =>
  rowsOf(z.toJSONSchema(schema, { io: side, unrepresentable: 'any', override: mark }), '')

/** What JSON Schema has no word for is told by what the schema does: it is tried. */
const mark = ({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: JsonSchema }): void => {
  const { def } = zodSchema._zod
  if (def.type === 'default') jsonSchema.default = def.defaultValue
  if (def.type === 'pipe' && z.safeParse(zodSchema, '1m').data === 60_000) jsonSchema.format = 'duration'
  if (def.type === 'pipe' && z.safeParse(zodSchema, true).data === 'true') jsonSchema.format = 'expression'
  if (def.type === 'enum') jsonSchema.enum = jsonSchema.enum?.filter(value => !isNotYet(zodSchema, value)) ?? []
}

const isNotYet = (schema: z.core.$ZodType, value: unknown): boolean => {
  const issues = z.safeParse(schema, value).error?.issues ?? []
  return issues.some(issue => issue.code === 'custom' && issue.params?.rule === NOT_YET)
}

const rowsOf = ({ properties = {}, required = [] }: JsonSchema, prefix: string): readonly SchemaRow[] =>
  Object.entries(properties).flatMap(([key, property]) => {
    if (typeof property === 'boolean') return []
    const path = `${prefix}${key}`
    const row = {
      path,
      type: typeWords(property),
      required: required.includes(key),
      fallback: fallbackOf(property),
      description: property.description,
    }
    return [row, ...insideOf(property, path)]
  })

const insideOf = (schema: JsonSchema, path: string): readonly SchemaRow[] => {
  const { items, additionalProperties } = schema
  if (schema.properties) return rowsOf(schema, `${path}.`)
  const form = schema.anyOf?.find(part => Object.keys(part.properties ?? {}).length > MOST_IN_WORDS)
  if (form) return rowsOf(form, `${path}.`)
  if (isSchema(items)) return insideOf(items, `${path}[]`)
  return isSchema(additionalProperties) ? insideOf(additionalProperties, `${path}.<key>`) : []
}

/** One form among others is described key by key only where its few words do not say it all. */
const MOST_IN_WORDS = 2

const isSchema = (part: unknown): part is JsonSchema =>
  typeof part === 'object' && part !== null && !Array.isArray(part)

const fallbackOf = ({ default: value, type }: JsonSchema): string | undefined => {
  if (value === undefined) return undefined
  if (typeof value === 'number' && type === 'string') return formatDuration(value)
  return typeof value === 'string' ? value : JSON.stringify(value)
}

const typeWords = (schema: JsonSchema): string => {
  if (schema.format === 'duration' || schema.format === 'expression') return schema.format
  if (schema.enum || schema.anyOf) return either(alternatives(schema))
  if (schema.$ref !== undefined) return 'anything'
  switch (schema.type) {
    case 'string':
      return 'text'
    case 'integer':
    case 'number':
      return `${schema.type === 'integer' ? 'whole number' : 'number'}${boundsWords(schema)}`
    case 'array':
      return `list of ${isSchema(schema.items) ? typeWords(schema.items) : 'anything'}${schema.minItems ? `, at least ${schema.minItems}` : ''}`
    case 'object':
      return mapWords(schema)
    default:
      return schema.type === undefined ? (schema.title ?? 'anything') : String(schema.type)
  }
}

const alternatives = (schema: JsonSchema): readonly string[] => {
  if (schema.enum) return schema.enum.map(value => `\`${String(value)}\``)
  return schema.anyOf?.flatMap(part => alternatives(part)) ?? [typeWords(schema)]
}

const mapWords = ({ properties, required = [], additionalProperties }: JsonSchema): string => {
  if (properties) {
    const keys = Object.keys(properties).map(key => (required.includes(key) ? key : `${key}?`))
    return `\`{ ${keys.join(', ')} }\``
  }
  return `map of ${isSchema(additionalProperties) ? typeWords(additionalProperties) : 'anything'}`
}

/** The largest number that a computer counts to is no bound that anybody set. */
const boundsWords = ({ minimum, maximum }: JsonSchema): string => {
  const least = minimum === undefined || minimum <= Number.MIN_SAFE_INTEGER ? undefined : minimum
  const most = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? undefined : maximum
  if (least !== undefined && most !== undefined) return ` (${least} to ${most})`
  if (least !== undefined) return ` (at least ${least})`
  return most === undefined ? '' : ` (at most ${most})`
}

const either = (words: readonly string[]): string => {
  const last = words.at(-1) ?? 'nothing'
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`
}
