import type { Json, JsonObject } from '../../domain/json.js'
import { headSpan, nodeAt, plainValue, type SourceNode } from '../../source/node.js'
import { type Draft, report, type StepDraft } from '../draft.js'

/** Actions that a guardrail would refuse whenever they are planned: the operator learns it in the middle of an incident. */
export const checkGuardrails = (draft: Draft, steps: readonly StepDraft[]): void => {
  for (const { node, kind, uses } of steps) {
    const { actions } = draft.catalogue
    const entry = kind === 'action' && uses !== undefined ? actions[uses] : undefined
    const given = nodeAt(node, ['with'])
    if (!entry?.refuses || given?.kind !== 'map') continue
    const refused = entry.refuses(writtenIn(given))
    if (!refused) continue
    const { key, message, next: suggestion } = refused
    const at = headSpan(nodeAt(given, [key]) ?? given)
    report(draft, at, { rule: 'guardrail-always-refuses', message, suggestion })
  }
}

const writtenIn = (node: SourceNode & { kind: 'map' }): JsonObject =>
  Object.fromEntries(node.entries.map(({ key, node: value }) => [key, written(value)]))

/** Text with an expression in it could become anything. */
const written = (node: SourceNode): Json => {
  if (node.kind === 'list') return node.items.map(written)
  if (node.kind === 'map') return writtenIn(node)
  const value = plainValue(node)
  return typeof value === 'string' && value.includes('${{') ? null : value
}
