import type { SourceNode } from '../source/node.js'
import type { Span } from '../source/source.js'
import type { Site, StepDraft } from './draft.js'

/** A list of steps: that of the runbook, or one that stands in a step and is run in a frame of its own. */
export type Block = {
  readonly owner?: Owner
  readonly steps: StepDraft[]
  /** The same by id; of two with one id the first. */
  readonly byId: Map<string, StepDraft>
  /** Lists in steps that have no id, and so are not among these: they are read for what else is wrong in them. */
  readonly orphans: Block[]
}

/** The step that a block stands in. */
export type Owner = {
  readonly id: string
  readonly block: Block
  /** Name of the branch, where it is one of several. */
  readonly branch?: string
  /** What is known of an item, where the block is made once for each. */
  readonly item?: Item
}

export type Item = {
  readonly name: string
  /** Where it is named. */
  readonly span: Span
  readonly list: SourceNode | undefined
  /** The expression of the list, where it is one. */
  readonly site?: Site
}

export const newBlock = (owner?: Owner): Block => ({
  ...(owner === undefined ? {} : { owner }),
  steps: [],
  byId: new Map(),
  orphans: [],
})

export const addStep = ({ steps, byId }: Block, step: StepDraft): void => {
  steps.push(step)
  if (!byId.has(step.id)) byId.set(step.id, step)
}

/** A block and those around it, from the inside. */
export const chainOf = (block: Block): readonly Block[] =>
  block.owner === undefined ? [block] : [block, ...chainOf(block.owner.block)]

/** Every step of a block and of those in it, from the top of the file. */
export const stepsBelow = (block: Block): readonly StepDraft[] => {
  const steps: StepDraft[] = []
  addBelow(steps, block)
  return steps
}

const addBelow = (into: StepDraft[], { steps, orphans }: Block): void => {
  for (const step of steps) {
    into.push(step)
    for (const inner of step.blocks) addBelow(into, inner)
  }
  for (const orphan of orphans) addBelow(into, orphan)
}

/** A step that expressions in that block can name by its id alone. */
export const visibleStep = (block: Block, id: string): StepDraft | undefined =>
  block.byId.get(id) ?? (block.owner && visibleStep(block.owner.block, id))

/** Ids that expressions in that block can name, its own first. */
export const visibleIds = (block: Block): readonly string[] =>
  chainOf(block).flatMap(({ steps }) => steps.map(({ id }) => id))

/** `both`, or its branch: "`left` of `both`". */
export const blockWords = ({ id, branch }: Pick<Owner, 'id' | 'branch'>): string =>
  branch === undefined ? `\`${id}\`` : `\`${branch}\` of \`${id}\``
