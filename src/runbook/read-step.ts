import type { Step, StepKind } from '../domain/runbook.js'
import { didYouMean } from '../source/nearest.js'
import { entryOf, headSpan, type MapNode, type SourceNode, without } from '../source/node.js'
import { buildStep } from './build-step.js'
import { defined } from './defined.js'
import { type Draft, report, type StepDraft } from './draft.js'
import { aStep } from './names.js'
import { type RunKind, STEP_SCHEMAS } from './schema.js'
import { findKind, isRunKind, KINDS } from './step-kind.js'

/** One row of `steps` that is a step. What is wrong is reported, and its id is kept for those that name it. */
export const readStep = (draft: Draft, node: SourceNode, phase: string | undefined): void => {
  if (node.kind !== 'map') {
    const suggestion = 'write - id: name and its keys below'
    report(draft, headSpan(node), { rule: 'wrong-type', message: 'a step must be a map', suggestion })
    return
  }
  const kind = findKind(draft, node)
  const id = readId(draft, node)
  const before = draft.sites.length
  const known = kind === undefined ? node : checkKeys(draft, node, kind)
  const step = kind === undefined || id === undefined ? undefined : buildStep(draft, known, kind, phase)
  if (id === undefined) return
  draft.steps.push({
    ...id,
    node,
    sites: draft.sites.slice(before),
    hasLimit: entryOf(node, 'limit') !== undefined,
    ...defined({ kind, step, uses: step === undefined ? undefined : usesOf(step) }),
  })
}

const usesOf = (step: Step): string | undefined => {
  if (step.kind === 'check') return step.check
  return step.kind === 'action' ? step.action : undefined
}

const readId = (draft: Draft, node: MapNode): Pick<StepDraft, 'id' | 'idSpan'> | undefined => {
  const entry = entryOf(node, 'id')
  if (!entry) {
    const suggestion = 'begin it with - id: a_short_name'
    report(draft, headSpan(node), { rule: 'missing-id', message: 'this step has no `id`', suggestion })
    return undefined
  }
  if (entry.node.kind === 'scalar' && typeof entry.node.value === 'string')
    return { id: entry.node.value, idSpan: entry.node }
  const suggestion = 'write a short name, such as look_again'
  report(draft, headSpan(entry.node), { rule: 'bad-id', message: 'an `id` must be text', suggestion })
  return undefined
}

/** Reports keys that this kind of step does not have, and returns the step without them. */
const checkKeys = (draft: Draft, node: MapNode, kind: RunKind): MapNode => {
  const own = Object.keys(STEP_SCHEMAS[kind].shape)
  for (const { key, keySpan } of node.entries) {
    if (own.includes(key)) continue
    const owners = KINDS.filter(other => isRunKind(other) && Object.hasOwn(STEP_SCHEMAS[other].shape, key))
    report(draft, keySpan, owners.length > 0 ? misplaced(key, kind, owners) : unknownKey(key, kind, own))
  }
  return without(node, key => !own.includes(key))
}

const misplaced = (key: string, kind: RunKind, owners: readonly StepKind[]) => ({
  rule: 'misplaced-key',
  message: `\`${key}\` is a key of ${owners.join(' and ')} steps, not of ${kind} steps`,
  suggestion: MOVED[`${kind}.${key}`],
})

const MOVED: { readonly [place: string]: string } = {
  'action.expect': 'an action is looked at by verify: { again: id of a check, within: 5m }',
  'action.retry': 'let on_failure go to this step again: each visit makes a new plan',
}

const unknownKey = (key: string, kind: RunKind, own: readonly string[]) => ({
  rule: 'unknown-key',
  message: `\`${key}\` is no key of ${aStep(kind)}`,
  suggestion: didYouMean(key, own) ?? `it can have ${own.join(', ')}`,
})
