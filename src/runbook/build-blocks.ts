import type { Step } from '../domain/runbook.js'
import type { MapNode } from '../source/node.js'
import { nodeAt } from '../source/node.js'
import type { Block } from './block.js'
import { type Around, argumentsOf, common, onFailure } from './build-parts.js'
import { noteCall } from './call-draft.js'
import { defined } from './defined.js'
import type { Draft } from './draft.js'
import { templateOf } from './expressions/template.js'
import type { Written } from './written-step.js'

/** Undefined, as for each kind here, where a step inside has findings. */
export const buildParallel = (
  draft: Draft,
  node: MapNode,
  written: Written<'parallel'>,
  around: Around,
): Step | undefined => {
  const shared = common(draft, node, written, around)
  const failure = onFailure(draft, node, written.on_failure)
  const branches = around.blocks.flatMap(block => {
    const steps = wholeOf(block)
    return steps === undefined ? [] : [{ name: block.owner?.branch ?? '', steps }]
  })
  if (branches.length !== Object.keys(written.parallel).length) return undefined
  const { timeout } = written
  return { ...shared, kind: 'parallel', parallel: branches, ...defined({ timeout }), onFailure: failure }
}

export const buildEach = (
  draft: Draft,
  node: MapNode,
  written: Written<'each'>,
  around: Around,
): Step | undefined => {
  const shared = common(draft, node, written, around)
  const failure = onFailure(draft, node, written.on_failure)
  const list = nodeAt(node, ['each'])
  const [block] = around.blocks
  const steps = block && wholeOf(block)
  if (list === undefined || steps === undefined) return undefined
  return {
    ...shared,
    kind: 'each',
    each: templateOf(list),
    as: written.as,
    maxParallel: written.max_parallel,
    steps,
    ...defined({ timeout: written.timeout }),
    onFailure: failure,
  }
}

export const buildRun = (draft: Draft, node: MapNode, written: Written<'run'>, around: Around): Step => {
  noteCall(draft, node, [], true)
  return {
    ...common(draft, node, written, around),
    kind: 'run',
    run: { runbook: written.run, with: argumentsOf(node) },
    ...defined({ timeout: written.timeout }),
    onFailure: onFailure(draft, node, written.on_failure),
  }
}

const wholeOf = ({ steps }: Block): readonly Step[] | undefined => {
  const whole = steps.flatMap(({ step }) => (step === undefined ? [] : [step]))
  return whole.length === steps.length && whole.length > 0 ? whole : undefined
}
