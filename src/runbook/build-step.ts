import type { ZodType, z } from 'zod'
import type { Choice, Step, StepKind } from '../domain/runbook.js'
import { decode } from '../source/decode.js'
import { type MapNode, nodeAt } from '../source/node.js'
import { buildEach, buildParallel, buildRun } from './build-blocks.js'
import {
  type Around,
  argumentsOf,
  checkLeaving,
  checkUse,
  common,
  condition,
  jumpOf,
  onFailure,
  textOf,
  wayOf,
} from './build-parts.js'
import { defined } from './defined.js'
import type { Draft } from './draft.js'
import { STEP_SCHEMAS, WAIT_SCHEMAS } from './schema.js'
import type { Written } from './written-step.js'

/** A step of a known kind: its value by the schema of that kind, with its expressions and targets noted. */
export const buildStep = (
  draft: Draft,
  node: MapNode,
  { kind, ...around }: Around & { readonly kind: StepKind },
): Step | undefined => {
  const built = <S extends ZodType>(schema: S, builder: Builder<z.output<S>>): Step | undefined =>
    build(draft, node, around, schema, builder)
  switch (kind) {
    case 'check':
      return built(STEP_SCHEMAS.check, buildCheck)
    case 'action':
      return built(STEP_SCHEMAS.action, buildAction)
    case 'ask':
      return built(STEP_SCHEMAS.ask, buildAsk)
    case 'manual':
      return built(STEP_SCHEMAS.manual, buildManual)
    case 'branch':
      return built(STEP_SCHEMAS.branch, buildBranch)
    case 'notify':
      return built(STEP_SCHEMAS.notify, buildNotify)
    case 'wait':
      return nodeAt(node, ['wait'])?.kind === 'map'
        ? built(WAIT_SCHEMAS.until, buildUntil)
        : built(WAIT_SCHEMAS.pause, buildPause)
    case 'parallel':
      return built(STEP_SCHEMAS.parallel, buildParallel)
    case 'each':
      return built(STEP_SCHEMAS.each, buildEach)
    case 'run':
      return built(STEP_SCHEMAS.run, buildRun)
    case 'goto':
      return built(STEP_SCHEMAS.goto, buildGoto)
    case 'end':
      return built(STEP_SCHEMAS.end, buildEnd)
  }
}

type Builder<W> = (draft: Draft, node: MapNode, written: W, around: Around) => Step | undefined

const build = <S extends ZodType>(
  draft: Draft,
  node: MapNode,
  around: Around,
  schema: S,
  builder: Builder<z.output<S>>,
): Step | undefined => {
  const decoded = decode(draft.source, node, schema)
  if (decoded.ok) return builder(draft, node, decoded.value, around)
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
    if (kind === 'check') condition(draft, node, ['expect'], 'expect', { resultOf: name.value })
  }
}

const buildCheck: Builder<Written<'check'>> = (draft, node, written, around) => {
  checkUse(draft, node, 'check', written.check)
  condition(draft, node, ['expect'], 'expect', { resultOf: written.check })
  jumpOf(draft, node, ['on_inconclusive', 'goto'])
  const { expect, retry, timeout, on_inconclusive: unclear } = written
  return {
    ...common(draft, node, written, around),
    kind: 'check',
    check: written.check,
    with: argumentsOf(node),
    ...defined({ expect, retry, timeout }),
    onFailure: onFailure(draft, node, written.on_failure),
    onInconclusive: typeof unclear === 'string' ? { do: unclear } : { do: 'goto', goto: unclear.goto },
  }
}

const buildAction: Builder<Written<'action'>> = (draft, node, written, around) => {
  checkUse(draft, node, 'action', written.action)
  jumpOf(draft, node, ['verify', 'again'], 'check')
  const { verify, timeout, approve } = written
  return {
    ...common(draft, node, written, around),
    kind: 'action',
    action: written.action,
    with: argumentsOf(node),
    ...defined({ verify, timeout, approve }),
    onFailure: onFailure(draft, node, written.on_failure),
  }
}

const buildAsk: Builder<Written<'ask'>> = (draft, node, written, around) => ({
  ...common(draft, node, written, around),
  kind: 'ask',
  ask: textOf(draft, node, ['ask']),
  choices: Object.entries(written.choices).map(([key, choice]): Choice => {
    jumpOf(draft, node, ['choices', key, 'reset'], 'limit')
    const { recommended, reset, posture } = choice
    return {
      key,
      label: textOf(draft, node, ['choices', key, 'label']),
      recommended,
      ...defined({ reset, posture }),
      ...wayOf(draft, node, ['choices', key], choice),
    }
  }),
})

const buildManual: Builder<Written<'manual'>> = (draft, node, written, around) => ({
  ...common(draft, node, written, around),
  kind: 'manual',
  manual: textOf(draft, node, ['manual']),
  onFailure: onFailure(draft, node, written.on_failure),
})

const buildBranch: Builder<Written<'branch'>> = (draft, node, written, around) => ({
  ...common(draft, node, written, around),
  kind: 'branch',
  branch: written.branch.map((arm, index) => {
    condition(draft, node, ['branch', index, 'if'], 'if')
    return { ...defined({ if: arm.if }), ...wayOf(draft, node, ['branch', index], arm) }
  }),
})

const buildNotify: Builder<Written<'notify'>> = (draft, node, written, around) => ({
  ...common(draft, node, written, around),
  kind: 'notify',
  notify: textOf(draft, node, ['notify']),
  ...defined({ to: written.to }),
})

const buildPause: Builder<z.output<typeof WAIT_SCHEMAS.pause>> = (draft, node, written, around) => ({
  ...common(draft, node, written, around),
  kind: 'wait',
  wait: written.wait,
})

const buildUntil: Builder<z.output<typeof WAIT_SCHEMAS.until>> = (draft, node, written, around) => {
  const { until, again, every, within } = written.wait
  jumpOf(draft, node, ['wait', 'again'], 'check')
  condition(draft, node, ['wait', 'until'], 'until', again === undefined ? {} : { resultOfStep: again })
  return {
    ...common(draft, node, written, around),
    kind: 'wait',
    wait: { until, every, within, ...defined({ again }) },
    onFailure: onFailure(draft, node, written.on_failure),
  }
}

const buildGoto: Builder<Written<'goto'>> = (draft, node, written, around) => {
  jumpOf(draft, node, ['goto'])
  return { ...common(draft, node, written, around), kind: 'goto', goto: written.goto }
}

const buildEnd: Builder<Written<'end'>> = (draft, node, written, around) => {
  checkLeaving(draft, node, [])
  return { ...common(draft, node, written, around), kind: 'end', end: written.end }
}
