import type { Catalogue } from '../catalogue.js'
import { asSchemas, changed, isSchema, mapValues, propertiesOf, type Schema, type Schemas } from './parts.js'

/** Known names only, and for each of them its own `with`. */
export const withNames = (
  step: Schema | undefined,
  kind: 'check' | 'action',
  entries: Catalogue['checks'],
  inputs: Schemas,
): Schema => {
  const names = Object.keys(entries)
  const enumDescriptions = names.map(name => entries[name]?.summary)
  return {
    ...changed(step, { [kind]: { enum: names, enumDescriptions } }),
    allOf: names.map(name => ({
      if: { required: [kind], properties: { [kind]: { const: name } } },
      then: useOf(kind, entries[name]?.summary, inputs[name] ?? {}),
    })),
  }
}

const useOf = (kind: string, summary: string | undefined, input: Schema): Schema => ({
  properties: { [kind]: summary === undefined ? {} : { description: summary }, with: insideTemplate(input) },
  ...(input.required?.length ? { required: ['with'] } : {}),
})

/** The same, where every value below may also be written as text with an expression in it. */
const orTemplate = (schema: Schema): Schema => {
  const inside = insideTemplate(schema)
  if (takesAnyText(schema)) return inside
  const { description, default: fallback, ...rest } = inside
  const pattern = typeof rest.type === 'string' && WHOLE_ONLY.has(rest.type) ? WHOLE_TEMPLATE : SOME_TEMPLATE
  const { patternErrorMessage } = rest
  return {
    ...(description === undefined ? {} : { description }),
    ...(fallback === undefined ? {} : { default: fallback }),
    anyOf: [rest, { type: 'string', pattern, ...(patternErrorMessage ? { patternErrorMessage } : {}) }],
  }
}

/** With text around an expression the value is text. */
const WHOLE_ONLY: ReadonlySet<string> = new Set(['number', 'integer', 'boolean', 'array', 'object'])
export const WHOLE_TEMPLATE = '^\\s*\\$\\{\\{[\\s\\S]*\\}\\}\\s*$'
const SOME_TEMPLATE = '\\$\\{\\{'

const takesAnyText = (schema: Schema): boolean => {
  const some = asSchemas(schema.anyOf)
  if (some.length > 0) return some.some(takesAnyText)
  if (schema.type === undefined) return schema.enum === undefined && schema.const === undefined
  return schema.type === 'string' && schema.enum === undefined && schema.pattern === undefined
}

const insideTemplate = (schema: Schema): Schema => {
  const { properties, additionalProperties, items, anyOf } = schema
  return {
    ...schema,
    ...(properties ? { properties: mapValues(propertiesOf(schema), orTemplate) } : {}),
    ...(isSchema(additionalProperties) ? { additionalProperties: orTemplate(additionalProperties) } : {}),
    ...(isSchema(items) ? { items: orTemplate(items) } : {}),
    ...(anyOf ? { anyOf: asSchemas(anyOf).map(insideTemplate) } : {}),
  }
}
