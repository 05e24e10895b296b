import type { Environment } from '@marcbachmann/cel-js/evaluator'
import type { $ZodType, $ZodTypes } from 'zod/v4/core'

export const DURATION = 'google.protobuf.Duration'

/** Named object types of one environment: the fields of each, by name, with their types. */
export type TypeTable = {
  readonly environment: Environment
  readonly fields: Map<string, ReadonlyMap<string, string>>
}

/** The CEL type of what a schema lets through. An object becomes a named type, so that a misspelt field is found. */
export const celTypeOf = (table: TypeTable, schema: $ZodType, name: string): string => {
  const known = schema as $ZodTypes // zod's own union of all its schema classes; every schema is one of them
  const { def } = known._zod
  switch (def.type) {
    case 'string':
    case 'enum':
    case 'template_literal':
      return 'string'
    case 'number':
      return 'double'
    case 'boolean':
      return 'bool'
    case 'literal':
      return sameType(def.values.map(literalType))
    case 'array':
      return `list<${celTypeOf(table, def.element, `${name}.item`)}>`
    case 'record':
      return `map<string, ${celTypeOf(table, def.valueType, `${name}.value`)}>`
    case 'object':
      return defineFields(table, def.shape, name)
    case 'union':
      return sameType(def.options.map((option, index) => celTypeOf(table, option, `${name}.${index}`)))
    case 'optional':
    case 'default':
    case 'prefault':
    case 'nonoptional':
    case 'readonly':
    case 'catch':
      return celTypeOf(table, def.innerType, name)
    case 'pipe':
      return celTypeOf(table, def.out, name)
    default:
      return 'dyn'
  }
}

/** A name as CEL's types can have it. */
export const safeName = (name: string): string => name.replaceAll(/[^\w.]/g, '_')

/** A named type with those fields; its values compare with `==` and `!=` only. */
export const defineType = (
  { environment, fields }: TypeTable,
  name: string,
  types: ReadonlyMap<string, string>,
): string => {
  const safe = safeName(name)
  environment.registerType(safe, { fields: Object.fromEntries(types) })
  environment.registerOperator(`${safe} == ${safe}`, () => true)
  fields.set(safe, types)
  return safe
}

const defineFields = (table: TypeTable, shape: Readonly<Record<string, $ZodType>>, name: string): string => {
  const fields = Object.entries(shape).map(
    ([key, field]) => [key, celTypeOf(table, field, `${name}.${key}`)] as const,
  )
  return defineType(table, name, new Map(fields))
}

const sameType = (types: readonly string[]): string => {
  const [first, ...rest] = types
  return first !== undefined && rest.every(type => type === first) ? first : 'dyn'
}

const literalType = (value: unknown): string => {
  if (typeof value === 'string') return 'string'
  if (typeof value === 'number') return 'double'
  return typeof value === 'boolean' ? 'bool' : 'dyn'
}

/** A type for people: `a list of text`, `a number`. */
export const describeType = ({ fields }: Pick<TypeTable, 'fields'>, type: string): string => {
  const inner = /^(?:list|dyn|optional)<(.+)>$/.exec(type)?.[1]
  if (type.startsWith('list<') && inner !== undefined && inner !== 'dyn')
    return `a list of ${describeItems(fields, inner)}`
  const known = TYPE_WORDS[type]
  if (known !== undefined) return known
  const names = fields.get(type)
  if (names !== undefined) return `a map {${[...names.keys()].join(', ')}}`
  return type.startsWith('map') ? 'a map' : type.startsWith('list') ? 'a list' : `a value of type ${type}`
}

const describeItems = (fields: TypeTable['fields'], type: string): string =>
  ITEM_WORDS[type] ?? describeType({ fields }, type)

const TYPE_WORDS: { readonly [type: string]: string } = {
  string: 'text',
  double: 'a number',
  int: 'a number',
  uint: 'a number',
  bool: 'true or false',
  null: 'nothing',
  dyn: 'anything',
  [DURATION]: 'a duration',
}

const ITEM_WORDS: { readonly [type: string]: string } = { double: 'numbers', int: 'numbers', string: 'texts' }
