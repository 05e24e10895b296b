import type { $ZodType, $ZodTypes } from 'zod/v4/core'
import { entryOf, type Path, type SourceNode } from './node.js'

/** The schema under wrappers such as optional, default and transform: the one that says what is written. */
export const unwrapSchema = (schema: $ZodType): $ZodTypes => {
  const known = schema as $ZodTypes // zod's own union of all its schema classes; every schema is one of them
  const { def } = known._zod
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'nonoptional':
    case 'readonly':
    case 'catch':
      return unwrapSchema(def.innerType)
    case 'pipe':
      return unwrapSchema(def.in)
    case 'lazy':
      return unwrapSchema(def.getter())
    default:
      return known
  }
}

/** The schemas that a path can lead to: several where it passes a union. */
export const schemasAt = (schema: $ZodType, path: Path): readonly $ZodTypes[] => {
  const known = unwrapSchema(schema)
  const { def } = known._zod
  if (def.type === 'union') return def.options.flatMap(option => schemasAt(option, path))
  const [segment, ...rest] = path
  if (segment === undefined) return [known]
  if (def.type === 'object') {
    const field = Object.hasOwn(def.shape, segment) ? def.shape[String(segment)] : undefined
    return field === undefined ? [] : schemasAt(field, rest)
  }
  if (def.type === 'array') return schemasAt(def.element, rest)
  if (def.type === 'record') return schemasAt(def.valueType, rest)
  return []
}

/** The keys that a map may have there. Where a word in it tells kinds of map apart, those of its own kind. */
export const keysAt = (schema: $ZodType, path: Path, map?: SourceNode): readonly string[] => {
  const shapes = schemasAt(schema, path).flatMap(({ _zod: { def } }) =>
    def.type === 'object' ? [def.shape] : [],
  )
  const own = shapes.filter(shape => isOfKind(shape, map))
  return [...new Set((own.length > 0 ? own : shapes).flatMap(shape => Object.keys(shape)))]
}

const isOfKind = (shape: Readonly<Record<string, $ZodType>>, map: SourceNode | undefined): boolean =>
  Object.entries(shape).every(([key, field]) => {
    const { def } = unwrapSchema(field)._zod
    const written = entryOf(map, key)?.node
    return def.type !== 'literal' || written?.kind !== 'scalar' || def.values.some(one => one === written.value)
  })

/** May the key be left out? zod tells an absent value from a default. */
export const isOptional = (schema: $ZodType): boolean => schema._zod.optin !== undefined
