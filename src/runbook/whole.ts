import type { ASTNode } from '@marcbachmann/cel-js'
import type { Step } from '../domain/runbook.js'
import type { MapNode } from '../source/node.js'
import type { Block } from './block.js'
import type { Draft, Site, StepDraft } from './draft.js'
import { type Way, waysOf } from './flow.js'

/** A step that is known to be right by itself. */
export type Row = StepDraft & { readonly step: Step }

/** A list of steps with the ways through it. */
export type View = {
  readonly block: Block
  readonly rows: readonly Row[]
  /** For each step, the ways out of it. */
  readonly ways: readonly (readonly Way[])[]
  /** The step that the list stands in. */
  readonly parent?: { readonly view: View; readonly place: number }
}

/** A runbook of which every step and expression is known to be right by itself. */
export type Whole = {
  readonly draft: Draft
  readonly root: MapNode
  /** Every list of steps, the runbook's own first. */
  readonly views: ReadonlyMap<Block, View>
  readonly trees: ReadonlyMap<Site, ASTNode>
}

/** Every list of steps of a runbook in which each step is whole, the runbook's own first. */
export const viewsOf = (block: Block): Whole['views'] => {
  const views = new Map<Block, View>()
  addView(views, block)
  return views
}

const addView = (views: Map<Block, View>, block: Block, parent?: View['parent']): void => {
  const rows = block.steps.flatMap(row => (row.step === undefined ? [] : [{ ...row, step: row.step }]))
  const ways = waysOf(rows.map(({ step }) => step))
  const view: View = { block, rows, ways, ...(parent === undefined ? {} : { parent }) }
  views.set(block, view)
  for (const [place, { blocks }] of rows.entries())
    for (const inner of blocks) addView(views, inner, { view, place })
}
