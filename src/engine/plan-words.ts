import { isJsonObject, type Json, type JsonObject } from '../domain/json.js'
import type { Change, Fact, Plan } from '../domain/plan.js'
import { formatBytes } from '../domain/size.js'
import type { Tone } from './timeline.js'

export type PlanLine = { readonly text: string; readonly tone: Tone }

/** A plan as an operator reads it before consent: exact changes, what it costs, what undo would do. */
export const planLines = (plan: Plan): readonly PlanLine[] => [
  { text: plan.summary, tone: 'title' },
  ...plan.changes.flatMap(changeLines),
  ...capacityLines(plan),
  ...plan.facts.map(fact => ({ text: factWords(fact), tone: 'plain' as const })),
  ...Object.entries(plan.hot ?? {}).map(([target, because]) => ({
    text: `hot: ${target}, ${because}`,
    tone: 'plain' as const,
  })),
  ...plan.warnings.map(text => ({ text: `! ${text}`, tone: 'warn' as const })),
  ...plan.undo.map((text, index) => ({
    text: `${index === 0 ? 'undo: ' : '      '}${text}`,
    tone: 'quiet' as const,
  })),
  { text: `digest ${plan.digest}`, tone: 'quiet' },
]

/** The unit is left out where the label names it. */
const factWords = ({ label, value, unit }: Fact): string => {
  if (unit === 'bytes') return `${label}: ${formatBytes(value)}`
  return `${label}: ${value}${label.includes(unit) ? '' : ` ${unit}`}`
}

const SIGN: { readonly [verb: string]: string } = { launch: '+', park: '-', terminate: '-' }

/** What is new is spelt out, a line a fact; what changes is one line, before and after. */
const changeLines = ({ verb, resource, before, after }: Change): PlanLine[] => {
  const head: PlanLine = { text: `  ${SIGN[verb] ?? '~'} ${verb} ${resource}`, tone: 'plain' }
  if (before === null)
    return [head, ...fields(after).map(text => ({ text: `      ${text}`, tone: 'quiet' as const }))]
  return [{ ...head, text: `${head.text}: ${fields(before).join(', ')} → ${fields(after).join(', ')}` }]
}

const fields = (facts: JsonObject | null): string[] =>
  Object.entries(facts ?? {}).map(([key, value]) => `${key} ${valueWords(value)}`)

const valueWords = (value: Json): string => {
  if (Array.isArray(value)) return value.map(valueWords).join(', ')
  if (isJsonObject(value))
    return Object.entries(value)
      .map(([key, entry]) => `${key}=${valueWords(entry)}`)
      .join(' ')
  return typeof value === 'string' ? value : JSON.stringify(value)
}

const capacityLines = ({ blast }: Plan): readonly PlanLine[] => {
  const { cluster, serving, floor, takes, adds, unavailable } = blast
  if (cluster === null) return []
  const text = `${cluster}: ${serving} serving now (floor ${floor}), takes ${takes}, adds ${adds}, ${unavailable} out of service meanwhile`
  return [{ text, tone: 'plain' }]
}
