import { Duration, UnsignedInt } from '@marcbachmann/cel-js/evaluator'
import type { Json } from '../../domain/json.js'

/** Whatever CEL gives. */
export type CelValue = unknown

/**
 * A CEL value as plain JSON: whole numbers become numbers, a duration text such as `90s` that reads
 * back as the same duration, a timestamp ISO 8601 text. What JSON cannot hold becomes null.
 */
export const toJson = (value: CelValue): Json => {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      return Number.isFinite(value) ? value : null
    case 'bigint':
      return Number(value)
    case 'object':
      return value === null ? null : objectToJson(value)
    default:
      return null
  }
}

const objectToJson = (value: object): Json => {
  if (value instanceof Duration) return `${value.valueOf() / 1000}s`
  if (value instanceof UnsignedInt) return Number(value.value)
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value) || value instanceof Set) return [...value].map(toJson)
  const entries: [string, unknown][] = value instanceof Map ? [...value] : Object.entries(value)
  return Object.fromEntries(entries.map(([key, item]) => [String(key), toJson(item)]))
}

/** A value inside a text: a list as its items with commas, a map as JSON. */
export const textOf = (value: Json): string => {
  if (value === null) return ''
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map(textOf).join(', ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
