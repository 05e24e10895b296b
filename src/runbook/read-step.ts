import type { Step, StepKind } from '../domain/runbook.js'
import { didYouMean } from '../source/nearest.js'
import { entryOf, headSpan, type MapNode, nodeAt, type SourceNode, without } from '../source/node.js'
import { addStep, type Block } from './block.js'
import { buildStep } from './build-step.js'
import { defined } from './defined.js'
import { type Draft, report, type Site, type StepDraft } from './draft.js'
import { aStep } from './names.js'
import { readBlocks } from './read-blocks.js'
import { STEP_SCHEMAS, WAIT_SCHEMAS } from './schema.js'
import { findKind, KINDS } from './step-kind.js'

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
  const blocks = kind === undefined ? [] : readBlocks(draft, known, kind, id?.id ?? '?', phase, readStep)
  const step =
    kind === undefined || id === undefined ? undefined : buildStep(draft, known, { kind, phase, blocks })
  if (id === undefined) {
    draft.block.orphans.push(...blocks)
    return
  }
  addStep(draft.block, {
    ...id,
    node,
    sites: ownSites(draft, before, blocks),
    block: draft.block,
    blocks,
    hasLimit: entryOf(node, 'limit') !== undefined,
    ...defined({ kind, step, uses: step === undefined ? undefined : usesOf(step) }),
  })
}

/** The expressions that were noted while it was read, without those of the steps inside. */
const ownSites = ({ sites, block }: Draft, before: number, blocks: readonly Block[]): readonly Site[] => {
  const noted = sites.slice(before)
  return blocks.length === 0 ? noted : noted.filter(site => site.block === block)
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
const checkKeys = (draft: Draft, node: MapNode, kind: StepKind): MapNode => {
  const own = keysOf(node, kind)
  for (const { key, keySpan } of node.entries) {
    if (own.includes(key)) continue
    const owners = KINDS.filter(other => Object.hasOwn(STEP_SCHEMAS[other].shape, key))
    report(draft, keySpan, owners.length > 0 ? misplaced(key, kind, owners) : unknownKey(key, kind, own))
  }
  return without(node, key => !own.includes(key))
}

/** A wait that only lets time pass cannot fail. */
const keysOf = (node: MapNode, kind: StepKind): readonly string[] => {
  const untimed = kind === 'wait' && nodeAt(node, ['wait'])?.kind !== 'map'
  return Object.keys((untimed ? WAIT_SCHEMAS.pause : STEP_SCHEMAS[kind]).shape)
}

const misplaced = (key: string, kind: StepKind, owners: readonly StepKind[]) => {
  const others = owners.filter(owner => owner !== kind)
  return {
    rule: 'misplaced-key',
    message: `\`${key}\` is a key of ${others.join(' and ')} steps, not of ${kind} steps`,
    suggestion: MOVED[`${kind}.${key}`] ?? MOVED[key],
  }
}

/** What to write instead, by the kind and the key, or by the key alone. */
const MOVED: { readonly [place: string]: string } = {
  'action.expect': 'an action is looked at by verify: { again: id of a check, within: 5m }',
  'action.retry': 'let on_failure go to this step again: each visit makes a new plan',
  'wait.on_failure': 'only a wait for something can fail: wait: { until: an expression, within: 10m }',
  'wait.timeout': 'write wait: { until: an expression, within: 10m }: it fails where `within` is over',
  timeout: 'only what firebreak does itself has a time; a person may take theirs',
  retry: 'only a check looks again by itself; a circle of steps does it with a `limit`',
}

const unknownKey = (key: string, kind: StepKind, own: readonly string[]) => ({
  rule: 'unknown-key',
  message: `\`${key}\` is no key of ${aStep(kind)}`,
  suggestion: didYouMean(key, own) ?? `it can have ${own.join(', ')}`,
})
