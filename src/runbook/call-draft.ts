import type { Json } from '../domain/json.js'
import { type MapNode, nodeAt, type Path, plainValue, type SourceNode } from '../source/node.js'
import type { Span } from '../source/source.js'
import type { Draft, Site } from './draft.js'
import { collectTemplates } from './expressions/check-arguments.js'
import { templateOf } from './expressions/template.js'

/** A place that names another runbook, while the file is read. */
export type CallDraft = {
  readonly runbook: string
  readonly span: Span
  /** A step comes back from it; an entry of a choice or a branch hands over. */
  readonly returns: boolean
  readonly given: readonly GivenDraft[]
}

type GivenDraft = {
  readonly key: string
  readonly keySpan: Span
  readonly node: SourceNode
  /** The expression that is the whole value, where it is one. */
  readonly site?: Site
}

/** The same with the types that were found. Spans are offsets into the text of the file. */
export type LoadedCall = {
  readonly runbook: string
  readonly span: Span
  readonly returns: boolean
  readonly given: readonly Given[]
}

export type Given = {
  readonly key: string
  readonly keySpan: Span
  readonly span: Span
  /** As it stands, or the CEL type that its expression has. */
  readonly value: { readonly literal: Json } | { readonly type: string }
}

/** Notes the runbook that `run` names below a path, and the expressions in its `with`. */
export const noteCall = (draft: Draft, node: MapNode, path: Path, returns: boolean): void => {
  const named = nodeAt(node, [...path, 'run'])
  if (named?.kind !== 'scalar' || typeof named.value !== 'string') return
  const inputs = nodeAt(node, [...path, 'with'])
  const given = inputs?.kind === 'map' ? inputs.entries : []
  draft.calls.push({
    runbook: named.value,
    span: { start: named.start, end: named.end },
    returns,
    given: given.map(({ key, keySpan, node: value }) => {
      const before = draft.sites.length
      collectTemplates(draft, value)
      const site = 'cel' in templateOf(value) ? draft.sites[before] : undefined
      return { key, keySpan, node: value, ...(site === undefined ? {} : { site }) }
    }),
  })
}

/** A call with the types of its expressions; `dyn` where one has findings. */
export const typedCall = (
  { runbook, span, returns, given }: CallDraft,
  types: ReadonlyMap<Site, string>,
): LoadedCall => ({
  runbook,
  span,
  returns,
  given: given.map(({ key, keySpan, node, site }) => ({
    key,
    keySpan,
    span: { start: node.start, end: node.end },
    value: site === undefined ? literalOrType(node) : { type: types.get(site) ?? 'dyn' },
  })),
})

const literalOrType = (node: SourceNode): Given['value'] => {
  if ('literal' in templateOf(node)) return { literal: plainValue(node) }
  return { type: node.kind === 'scalar' ? 'string' : node.kind }
}
