import { hash } from 'node:crypto'
import type { ActionSpec } from '../../../actions/contract.js'
import { canonicalJson, type Json, type JsonObject } from '../../../domain/json.js'
import type { ActionStep, Runbook } from '../../../domain/runbook.js'

/** What an incident is opened with that is one action: a runbook that nobody wrote. Plans are bound to its hash. */
export const runbookOf = (spec: Pick<ActionSpec, 'name' | 'summary'>, given: JsonObject): Runbook => ({
  name: `do-${spec.name.replace(/[^a-z0-9]/g, '-')}`,
  title: `do ${spec.name} ${givenWords(given)}`.trimEnd(),
  triggers: [],
  inputs: {},
  steps: [stepFor(spec, given)],
  hash: hash('sha256', canonicalJson({ do: spec.name, with: given })),
})

/** The step that an action is where no runbook names one: `proxy.drain` is `proxy_drain`, in answers files and by `--step`. */
const stepFor = ({ name, summary }: Pick<ActionSpec, 'name' | 'summary'>, given: JsonObject): ActionStep => ({
  kind: 'action',
  id: name.replace(/[^a-z0-9]/g, '_'),
  at: { line: 0, column: 0 },
  title: summary,
  action: name,
  // As typed: there are no expressions outside of a runbook.
  with: Object.fromEntries(Object.entries(given).map(([key, literal]) => [key, { literal }])),
  onFailure: { do: 'ask' },
  alone: true,
})

const LONGEST = 120

/** As it was typed, more or less: enough to tell one from another in a list. */
const givenWords = (given: JsonObject): string => {
  const words = Object.entries(given)
    .map(([key, value]) => `${key}=${valueWords(value)}`)
    .join(' ')
  return words.length > LONGEST ? `${words.slice(0, LONGEST)}…` : words
}

const valueWords = (value: Json): string => {
  if (Array.isArray(value)) return value.map(valueWords).join(',')
  return typeof value === 'string' ? value : JSON.stringify(value)
}
