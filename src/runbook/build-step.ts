import type { ZodType, z } from 'zod'
import type { Choice, OnFailure, Step, Template } from '../domain/runbook.js'
import { decode } from '../source/decode.js'
import { entryOf, headSpan, type MapNode, nodeAt, type Path, type SourceNode } from '../source/node.js'
import { positionAt } from '../source/source.js'
import { defined } from './defined.js'
import { type Draft, report, type Target } from './draft.js'
import { checkArguments, collectTemplates } from './expressions/check-arguments.js'
import { templateOf } from './expressions/template.js'
import { suggestName } from './names.js'
import { type RunKind, STEP_SCHEMAS } from './schema.js'

type Written<K extends RunKind> = z.output<(typeof STEP_SCHEMAS)[K]>
type Builder<K extends RunKind> = (
  draft: Draft,
  node: MapNode,
  written: Written<K>,
  phase: string | undefined,
) => Step

/** A step of a known kind: its value by the schema of that kind, with its expressions and targets noted. */
export const buildStep = (
  draft: Draft,
  node: MapNode,
  kind: RunKind,
  phase: string | undefined,
): Step | undefined => {
  switch (kind) {
    case 'check':
      return build(draft, node, phase, STEP_SCHEMAS.check, buildCheck)
    case 'action':
      return build(draft, node, phase, STEP_SCHEMAS.action, buildAction)
    case 'ask':
      return build(draft, node, phase, STEP_SCHEMAS.ask, buildAsk)
    case 'manual':
      return build(draft, node, phase, STEP_SCHEMAS.manual, buildManual)
    case 'branch':
      return build(draft, node, phase, STEP_SCHEMAS.branch, buildBranch)
    case 'wait':
      return build(draft, node, phase, STEP_SCHEMAS.wait, buildWait)
    case 'goto':
      return build(draft, node, phase, STEP_SCHEMAS.goto, buildGoto)
    case 'end':
      return build(draft, node, phase, STEP_SCHEMAS.end, buildEnd)
  }
}

const build = <S extends ZodType>(
  draft: Draft,
  node: MapNode,
  phase: string | undefined,
  schema: S,
  builder: (draft: Draft, node: MapNode, written: z.output<S>, phase: string | undefined) => Step,
): Step | undefined => {
  const decoded = decode(draft.source, node, schema)
  if (decoded.ok) return builder(draft, node, decoded.value, phase)
  draft.diagnostics.push(...decoded.diagnostics)
  checkRest(draft, node)
  return undefined
}

/** One mistake hides no other one: what stands apart from it is checked all the same. */
const checkRest = (draft: Draft, node: MapNode): void => {
  condition(draft, node, ['when'], 'when')
  for (const kind of ['check', 'action'] as const) {
    const name = nodeAt(node, [kind])
    if (name?.kind !== 'scalar' || typeof name.value !== 'string') continue
    if (nodeAt(node, ['with'])?.kind === 'map') checkUse(draft, node, kind, name.value)
    if (kind === 'check') condition(draft, node, ['expect'], 'expect', name.value)
  }
}

const buildCheck: Builder<'check'> = (draft, node, written, phase) => {
  checkUse(draft, node, 'check', written.check)
  condition(draft, node, ['expect'], 'expect', written.check)
  jumpOf(draft, node, ['on_inconclusive', 'goto'])
  return {
    ...common(draft, node, written, phase),
    kind: 'check',
    check: written.check,
    with: argumentsOf(node),
    ...defined({ expect: written.expect }),
    onFailure: onFailure(draft, node, written.on_failure),
    onInconclusive:
      typeof written.on_inconclusive === 'string'
        ? { do: written.on_inconclusive }
        : { do: 'goto', goto: written.on_inconclusive.goto },
  }
}

const buildAction: Builder<'action'> = (draft, node, written, phase) => {
  checkUse(draft, node, 'action', written.action)
  jumpOf(draft, node, ['verify', 'again'], 'check')
  return {
    ...common(draft, node, written, phase),
    kind: 'action',
    action: written.action,
    with: argumentsOf(node),
    ...defined({ verify: written.verify, approve: written.approve }),
    onFailure: onFailure(draft, node, written.on_failure),
  }
}

const buildAsk: Builder<'ask'> = (draft, node, written, phase) => ({
  ...common(draft, node, written, phase),
  kind: 'ask',
  ask: textOf(draft, node, ['ask']),
  choices: Object.entries(written.choices).map(([key, choice]): Choice => {
    jumpOf(draft, node, ['choices', key, 'goto'])
    jumpOf(draft, node, ['choices', key, 'reset'], 'limit')
    const { recommended, goto, end, reset } = choice
    return {
      key,
      label: textOf(draft, node, ['choices', key, 'label']),
      recommended,
      ...defined({ goto, end, reset }),
    }
  }),
})

const buildManual: Builder<'manual'> = (draft, node, written, phase) => ({
  ...common(draft, node, written, phase),
  kind: 'manual',
  manual: textOf(draft, node, ['manual']),
  onFailure: onFailure(draft, node, written.on_failure),
})

const buildBranch: Builder<'branch'> = (draft, node, written, phase) => ({
  ...common(draft, node, written, phase),
  kind: 'branch',
  branch: written.branch.map(({ if: test, goto, end }, index) => {
    condition(draft, node, ['branch', index, 'if'], 'if')
    jumpOf(draft, node, ['branch', index, 'goto'])
    return defined({ if: test, goto, end })
  }),
})

const buildWait: Builder<'wait'> = (draft, node, written, phase) => ({
  ...common(draft, node, written, phase),
  kind: 'wait',
  wait: written.wait,
})

const buildGoto: Builder<'goto'> = (draft, node, written, phase) => {
  jumpOf(draft, node, ['goto'])
  return { ...common(draft, node, written, phase), kind: 'goto', goto: written.goto }
}

const buildEnd: Builder<'end'> = (draft, node, written, phase) => ({
  ...common(draft, node, written, phase),
  kind: 'end',
  end: written.end,
})

type Shared = Pick<Written<'end'>, 'id' | 'title' | 'why' | 'when' | 'limit'>

const common = (draft: Draft, node: MapNode, written: Shared, phase: string | undefined) => {
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
const checkUse = (draft: Draft, node: MapNode, kind: 'check' | 'action', name: string): void => {
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

const argumentsOf = (node: MapNode): { [key: string]: Template } => {
  const given = nodeAt(node, ['with'])
  if (given?.kind !== 'map') return {}
  return Object.fromEntries(given.entries.map(({ key, node: value }) => [key, templateOf(value)]))
}

const textOf = (draft: Draft, node: MapNode, path: Path): Template => {
  const found: SourceNode | undefined = nodeAt(node, path)
  if (!found) return { literal: '' }
  collectTemplates(draft, found)
  return templateOf(found)
}

const condition = (draft: Draft, node: MapNode, path: Path, key: string, resultOf?: string): void => {
  const found = nodeAt(node, path)
  if (found?.kind !== 'scalar') return
  draft.sites.push({
    node: found,
    offset: 0,
    expression: String(found.value),
    expectation: { kind: 'condition', key },
    ...defined({ resultOf }),
  })
}

const onFailure = (draft: Draft, node: MapNode, written: Written<'manual'>['on_failure']): OnFailure => {
  jumpOf(draft, node, ['on_failure', 'goto'])
  return typeof written === 'string' ? { do: written } : { do: 'goto', goto: written.goto }
}

/** Notes a step's name for later: it may stand further down. */
const jumpOf = (draft: Draft, node: MapNode, path: Path, must: Target['must'] = 'exist'): void => {
  const found = nodeAt(node, path)
  if (found?.kind === 'scalar' && typeof found.value === 'string')
    draft.targets.push({ span: found, id: found.value, must })
}
