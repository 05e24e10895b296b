import { type Block, blockWords, chainOf, stepsBelow } from '../block.js'
import type { Draft, StepDraft } from '../draft.js'

/** A step that an expression cannot name by its id alone, because it stands in another one. */
export type InnerStep = {
  /** The block that it stands in, for people. */
  readonly where: string
  /** Its output as seen from there; undefined where it cannot be seen at all. */
  readonly path: string | undefined
}

/** Where a step of that id stands, if it is inside one that can be seen from that block or beside it. */
export const innerStep = (draft: Draft, from: Block, id: string): InnerStep | undefined => {
  const found = stepsBelow(draft.block).find(step => step.id === id)
  const owner = found?.block.owner
  if (found === undefined || owner === undefined) return undefined
  return { where: blockWords(owner), path: pathTo(found, chainOf(from)) }
}

/** Up from the step to one that can be seen; what is beside the looker is not finished while it looks. */
const pathTo = ({ id, block }: StepDraft, visible: readonly Block[]): string | undefined => {
  const { owner } = block
  if (visible.includes(block)) return `steps.${id}`
  if (owner === undefined) return undefined
  const holder = owner.block.byId.get(owner.id)
  if (holder === undefined || visible.some(({ owner: around }) => around?.id === holder.id)) return undefined
  const path = pathTo(holder, visible)
  return path === undefined ? undefined : `${path}.${owner.branch ?? 'items[0]'}.${id}`
}
