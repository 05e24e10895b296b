import type { $ZodType } from 'zod/v4/core'
import { typeName } from '../../source/explain-issue.js'
import { isOptional, unwrapSchema } from '../../source/schema-shape.js'
import { DURATION, type TypeTable } from './cel-types.js'

/**
 * Can a value of that CEL type be an argument of that schema? Only what can never be right is refused:
 * what depends on the value is found when the argument is evaluated.
 */
export const accepts = (table: TypeTable, schema: $ZodType, type: string): boolean => {
  if (type === 'dyn' || type.startsWith('dyn<')) return true
  const { def } = unwrapSchema(schema)._zod
  switch (def.type) {
    case 'string':
    case 'enum':
    case 'template_literal':
      return type === 'string' || type === DURATION // a duration is handed over as text: 90s
    case 'number':
      return type === 'double' || type === 'int' || type === 'uint'
    case 'boolean':
      return type === 'bool'
    case 'array':
      return acceptsList(table, def.element, type)
    case 'record':
      return type.startsWith('map') || table.fields.has(type)
    case 'object':
      return type.startsWith('map') || acceptsFields(table, def.shape, type)
    case 'union':
      return def.options.some(option => accepts(table, option, type))
    default:
      return true
  }
}

/** What a schema wants, in a word or two. */
export const wanted = (schema: $ZodType): string => {
  const { def } = unwrapSchema(schema)._zod
  if (def.type !== 'array') return typeName(def.type === 'enum' ? 'string' : def.type)
  const element = unwrapSchema(def.element)._zod.def.type
  return element === 'string' ? 'a list of texts' : element === 'number' ? 'a list of numbers' : 'a list'
}

const acceptsList = (table: TypeTable, element: $ZodType, type: string): boolean => {
  if (type === 'list') return true
  const inner = /^list<(.+)>$/.exec(type)?.[1]
  return inner !== undefined && (/^[A-Z]$/.test(inner) || accepts(table, element, inner))
}

const acceptsFields = (table: TypeTable, shape: Readonly<Record<string, $ZodType>>, type: string): boolean => {
  const fields = table.fields.get(type)
  if (!fields) return false
  return Object.entries(shape).every(([key, schema]) => {
    const given = fields.get(key)
    return given === undefined ? isOptional(schema) : accepts(table, schema, given)
  })
}
