import type { Jump, OnFailure, Template } from '../domain/runbook.js'
import { entryOf, headSpan, type MapNode, nodeAt, type Path, type SourceNode } from '../source/node.js'
import { positionAt } from '../source/source.js'
import { type Block, blockWords } from './block.js'
import { noteCall } from './call-draft.js'
import { defined } from './defined.js'
import { type Draft, report, type Site, type Target } from './draft.js'
import { checkArguments, collectTemplates } from './expressions/check-arguments.js'
import { templateOf } from './expressions/template.js'
import { suggestName } from './names.js'

/** What a step is built with beside what it says itself. */
export type Around = { readonly phase: string | undefined; readonly blocks: readonly Block[] }

type Shared = {
  readonly id: string
  readonly title?: string | undefined
  readonly why?: string | undefined
  readonly when?: string | undefined
  readonly limit?: { readonly visits: number; readonly then: string } | undefined
}

/** What every step has. */
export const common = (draft: Draft, node: MapNode, written: Shared, { phase }: Around) => {
  condition(draft, node, ['when'], 'when')
  jumpOf(draft, node, ['limit', 'then'])
  const { id, title, why, when, limit } = written
  return {
    id,
    at: positionAt(draft.source, headSpan(node).start),
    ...defined({ title, why, phase, when, limit }),
  }
}

/** Is the check or action known, and does its `with` fit? */
export const checkUse = (draft: Draft, node: MapNode, kind: 'check' | 'action', name: string): void => {
  const { checks, actions } = draft.catalogue
  const [own, other, otherKind] = kind === 'check' ? [checks, actions, 'action'] : [actions, checks, 'check']
  const at = headSpan(nodeAt(node, [kind]) ?? node)
  const entry = Object.hasOwn(own, name) ? own[name] : undefined
  if (entry) {
    checkArguments(draft, entry.input, nodeAt(node, ['with']), entryOf(node, 'with')?.keySpan ?? at)
    return
  }
  const suggestion = Object.hasOwn(other, name)
    ? `it is one of the ${otherKind}s: write ${otherKind}: ${name}`
    : suggestName(name, Object.keys(own), `${kind}s`)
  report(draft, at, { rule: `unknown-${kind}`, message: `there is no ${kind} \`${name}\``, suggestion })
}

export const argumentsOf = (node: SourceNode | undefined): { [key: string]: Template } => {
  const given = entryOf(node, 'with')?.node
  if (given?.kind !== 'map') return {}
  return Object.fromEntries(given.entries.map(({ key, node: value }) => [key, templateOf(value)]))
}

export const textOf = (draft: Draft, node: MapNode, path: Path): Template => {
  const found = nodeAt(node, path)
  if (!found) return { literal: '' }
  collectTemplates(draft, found)
  return templateOf(found)
}

/** Notes a bare expression, with whatever is `result` in it. */
export const condition = (
  draft: Draft,
  node: MapNode,
  path: Path,
  key: string,
  result: Pick<Site, 'resultOf' | 'resultOfStep'> = {},
): void => {
  const found = nodeAt(node, path)
  if (found?.kind !== 'scalar') return
  draft.sites.push({
    node: found,
    offset: 0,
    expression: String(found.value),
    expectation: { kind: 'condition', key },
    block: draft.block,
    ...result,
  })
}

type WrittenFailure = Exclude<OnFailure['do'], 'goto'> | { readonly goto: string }

export const onFailure = (draft: Draft, node: MapNode, written: WrittenFailure): OnFailure => {
  jumpOf(draft, node, ['on_failure', 'goto'])
  return typeof written === 'string' ? { do: written } : { do: 'goto', goto: written.goto }
}

/** Notes a step's name for later: it may stand further down. */
export const jumpOf = (draft: Draft, node: MapNode, path: Path, must: Target['must'] = 'exist'): void => {
  const found = nodeAt(node, path)
  if (found?.kind === 'scalar' && typeof found.value === 'string')
    draft.targets.push({ span: found, id: found.value, block: draft.block, must })
}

type WrittenWay = {
  readonly goto?: string | undefined
  readonly end?: Jump['end'] | undefined
  readonly run?: string | undefined
}

/** Where an entry below that path leads. */
export const wayOf = (draft: Draft, node: MapNode, path: Path, { goto, end, run }: WrittenWay): Jump => {
  jumpOf(draft, node, [...path, 'goto'])
  noteCall(draft, node, path, false)
  checkLeaving(draft, node, path)
  const call = run === undefined ? undefined : { runbook: run, with: argumentsOf(nodeAt(node, path)) }
  return defined({ goto, end, run: call })
}

/** In a block others may be at work: what ends the incident, or hands it over, would end it for them too. */
export const checkLeaving = (draft: Draft, node: MapNode, path: Path): void => {
  const { owner } = draft.block
  if (owner === undefined) return
  const place = nodeAt(node, path)
  for (const [key, what] of LEAVING) {
    const entry = entryOf(place, key)
    if (entry === undefined) continue
    report(draft, entry.keySpan, {
      rule: 'end-in-block',
      message: `${what} inside ${blockWords(owner)}, while others may be at work`,
      suggestion: `let the steps run off their last one, and decide after \`${owner.id}\``,
    })
  }
}

const LEAVING = [
  ['end', 'this would end the whole incident'],
  ['run', 'this would hand over the whole incident'],
] as const
