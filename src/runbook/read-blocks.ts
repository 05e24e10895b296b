import type { StepKind } from '../domain/runbook.js'
import { entryOf, headSpan, type MapNode, nodeAt, type SourceNode } from '../source/node.js'
import { type Block, blockWords, chainOf, type Item, newBlock, type Owner } from './block.js'
import { type Draft, report } from './draft.js'
import { noteList } from './expressions/check-list.js'
import { badItemName, badStepId } from './names.js'

/** The deepest that steps may stand in steps: deeper, nobody can follow at night. */
const DEEPEST = 4

type ReadStep = (draft: Draft, node: SourceNode, phase: string | undefined) => void

/** The lists of steps that stand in a step, each read as a block of its own. `read` reads one step of them. */
export const readBlocks = (
  draft: Draft,
  node: MapNode,
  kind: StepKind,
  id: string,
  phase: string | undefined,
  read: ReadStep,
): readonly Block[] => {
  if (kind !== 'parallel' && kind !== 'each') return NONE
  if (chainOf(draft.block).length > DEEPEST) return reportDepth(draft, node, kind)
  const place = { id, block: draft.block }
  const lists = kind === 'parallel' ? branchesOf(draft, node, place) : [itemBlock(draft, node, place)]
  return lists.map(({ rows, owner }) => {
    const block = newBlock(owner)
    const inner: Draft = { ...draft, block }
    for (const row of rows?.kind === 'list' ? rows.items : []) {
      if (entryOf(row, 'phase') && !entryOf(row, 'id')) reportPhase(inner, row, owner)
      else read(inner, row, phase)
    }
    return block
  })
}

const NONE: readonly Block[] = []

type Rows = { readonly rows: SourceNode | undefined; readonly owner: Owner }

const branchesOf = (draft: Draft, node: MapNode, place: Omit<Owner, 'branch'>): readonly Rows[] => {
  const branches = nodeAt(node, ['parallel'])
  if (branches?.kind !== 'map') return []
  return branches.entries.map(({ key, keySpan, node: rows }) => {
    const bad = badStepId(key)
    if (bad) report(draft, keySpan, { rule: 'bad-id', ...bad })
    return { rows, owner: { ...place, branch: key } }
  })
}

const itemBlock = (draft: Draft, node: MapNode, place: Omit<Owner, 'item'>): Rows => {
  const list = nodeAt(node, ['each'])
  const site = list === undefined ? undefined : noteList(draft, list)
  const item = { ...itemName(node), list, ...(site === undefined ? {} : { site }) }
  checkItem(draft, item)
  return { rows: nodeAt(node, ['steps']), owner: { ...place, item } }
}

const itemName = (node: MapNode): Pick<Item, 'name' | 'span'> => {
  const written = nodeAt(node, ['as'])
  if (written?.kind === 'scalar' && typeof written.value === 'string')
    return { name: written.value, span: written }
  return { name: 'item', span: entryOf(node, 'each')?.keySpan ?? headSpan(node) }
}

/** An item must not be taken for anything else that expressions inside can see. */
const checkItem = (draft: Draft, { name, span }: Pick<Item, 'name' | 'span'>): void => {
  const around = chainOf(draft.block).find(({ owner }) => owner?.item?.name === name)?.owner
  const bad = badItemName(name)
  if (bad) report(draft, span, { rule: 'bad-id', ...bad })
  else if (around || draft.inputs.has(name)) {
    const what = around ? `an item of \`${around.id}\`` : 'an input'
    report(draft, span, {
      rule: 'bad-id',
      message: `\`${name}\` is the name of ${what} already`,
      suggestion: `give an item here another name, such as as: one_${name.slice(0, 40)}`,
    })
  }
}

const reportPhase = (draft: Draft, row: SourceNode, owner: Owner): void =>
  report(draft, headSpan(row), {
    rule: 'phase-in-block',
    message: `a phase cannot begin inside ${blockWords(owner)}: the phase of that step goes on in it`,
    suggestion: 'delete this row, or put it above the step',
  })

const reportDepth = (draft: Draft, node: MapNode, kind: StepKind): readonly Block[] => {
  report(draft, entryOf(node, kind)?.keySpan ?? headSpan(node), {
    rule: 'blocks-too-deep',
    message: `steps stand in steps ${DEEPEST} levels deep already`,
    suggestion: 'make a runbook of its own of it, and write run: its-name',
  })
  return []
}
