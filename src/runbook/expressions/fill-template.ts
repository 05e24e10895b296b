import type { Json, JsonObject } from '../../domain/json.js'
import type { Template } from '../../domain/runbook.js'
import type { Evaluated } from './evaluated.js'
import { textOf } from './to-json.js'

/** A template with its expressions evaluated, and everything else as it stands. The first failure is the result. */
export const fillTemplate = (template: Template, evaluate: (expression: string) => Evaluated): Evaluated => {
  if ('literal' in template) return { ok: true, value: template.literal, seen: {} }
  if ('cel' in template) return evaluate(template.cel)
  if ('text' in template) {
    const parts = template.text.map(part => (typeof part === 'string' ? { literal: part } : part))
    return collect(parts, evaluate, values => values.map(textOf).join(''))
  }
  if ('list' in template) return collect(template.list, evaluate, values => [...values])
  const keys = Object.keys(template.map)
  return collect(Object.values(template.map), evaluate, values =>
    Object.fromEntries(keys.map((key, index) => [key, values[index] ?? null])),
  )
}

const collect = (
  templates: readonly Template[],
  evaluate: (expression: string) => Evaluated,
  combine: (values: readonly Json[]) => Json,
): Evaluated => {
  const values: Json[] = []
  let seen: JsonObject = {}
  for (const template of templates) {
    const result = fillTemplate(template, evaluate)
    if (!result.ok) return result
    values.push(result.value)
    seen = { ...seen, ...result.seen }
  }
  return { ok: true, value: combine(values), seen }
}
