import type { ASTNode } from '@marcbachmann/cel-js'
import { type Block, visibleStep } from '../block.js'
import type { Site, StepDraft } from '../draft.js'
import { isKnown, type Use, usesOf } from '../expressions/guards.js'
import { elementOf, isElement, referenceOf, type Variables } from '../expressions/references.js'
import { reachedWithout, type Way } from '../flow.js'
import type { Row, View, Whole } from '../whole.js'
import { isCondition, NOTHING, type Proof, proofOf } from './proofs.js'
import { wayTo } from './way-words.js'

/**
 * What a step must be: finished with an output; or that, or skipped, which is as good for a step with the same
 * `when`; or at least come to, so that it has an outcome.
 */
type Wanted = 'finished' | 'tried' | 'met'

/** A step's output by its path, or its outcome. */
type Need = Pick<Use, 'path' | 'of'>

/** Something that an expression needs, and a way on which it is not there. */
export type Missing = Need & { readonly node: ASTNode; readonly way: readonly string[] }

type Reached = ReadonlyMap<number, number | undefined>

export type Search = {
  readonly whole: Whole
  readonly proofOf: (view: View, place: number) => Proof
  readonly rowOf: (id: string) => Row | undefined
  /** Results of `without`, by the list of steps and by what was asked. */
  readonly found: Map<View, Map<string, Reached>>
}

export const newSearch = (whole: Whole): Search => {
  const views = [...whole.views.values()]
  const proofs = new Map(views.map(view => [view, view.rows.map(row => proofOf(whole, row))]))
  const rows = new Map(views.flatMap(view => view.rows.map(row => [row.id, row] as const)))
  return {
    whole,
    proofOf: (view, place) => proofs.get(view)?.[place] ?? NO_PROOF,
    rowOf: id => rows.get(id),
    found: new Map(views.map(view => [view, new Map()])),
  }
}

const NO_PROOF: Proof = { admitted: NOTHING, after: () => NOTHING, before: () => NOTHING }

/** An expression that is evaluated at that place of that list of steps, and what is known there. */
type Looker = {
  readonly view: View
  readonly place: number
  readonly site: Site
  readonly known: ReadonlySet<string>
}

/** What some way leads to the expression without; of each step the first use only. */
export const missingAt = (search: Search, { view, place, site, known }: Looker): readonly Missing[] => {
  const tree = search.whole.trees.get(site)
  const uses = tree === undefined ? [] : usesOf(tree, known, itemVariables(search, site.block))
  const missing = new Map<string, Missing>()
  for (const use of uses) {
    const first = firstMissing(search, view, place, use, isCondition(site, 'when'))
    const key = first?.path.join('.')
    if (first && key !== undefined && !missing.has(key)) missing.set(key, first)
  }
  return [...missing.values()]
}

/** Where an `each` goes through what another one left behind, its items are those. */
const itemVariables = (search: Search, { owner }: Block): Variables => {
  if (owner === undefined) return new Map()
  const around = itemVariables(search, owner.block)
  const tree = owner.item?.site && search.whole.trees.get(owner.item.site)
  if (owner.item === undefined) return around
  const list = tree && referenceOf(tree, around)
  return new Map([...around, [owner.item.name, list && tree ? elementOf(list, tree) : undefined]])
}

const firstMissing = (
  search: Search,
  view: View,
  place: number,
  use: Use,
  inWhen: boolean,
): Missing | undefined => {
  for (const length of needsOf(view.block, use.path)) {
    const need: Need = { path: use.path.slice(0, length), of: use.of }
    if (isKnown(use.known, need)) continue
    const way = wayWithout(search, view, place, need, inWhen)
    const node = use.nodes[length - 1]
    if (way && node) return { ...need, node, way }
  }
  return undefined
}

/** How much of a path is the output of a step: of the first one, and of those inside it. */
const needsOf = (block: Block, path: readonly string[]): readonly number[] => {
  const needs: number[] = []
  let step: StepDraft | undefined = visibleStep(block, path[0] ?? '')
  for (let length = 1; step !== undefined && length <= path.length; ) {
    needs.push(length)
    const inner = insideOf(step, path.slice(length))
    length += inner?.names ?? 0
    step = inner?.step
  }
  return needs
}

type Inside = { readonly block: Block; readonly step: StepDraft; readonly names: number }

/** The step inside another one that the rest of a path names, by its branch or by an item of the list. */
const insideOf = ({ kind, blocks }: StepDraft, rest: readonly string[]): Inside | undefined => {
  const [first, second, third] = rest
  const isItem = kind === 'each' && first === 'items' && second !== undefined && isElement(second)
  const [block, id, names] = isItem
    ? [blocks[0], third, 3]
    : [blocks.find(({ owner }) => owner?.branch === first && first !== undefined), second, 2]
  const step = id === undefined ? undefined : block?.byId.get(id)
  return block && step && { block, step, names }
}

/** A way on which it is not there: in the list where its step stands, and on inside the step that leads further in. */
const wayWithout = (
  search: Search,
  view: View,
  place: number,
  need: Need,
  inWhen: boolean,
): readonly string[] | undefined => {
  const reached = without(search, view, need, need.of === 'output' ? 'finished' : 'met')
  if (!reached.has(place)) return undefined
  const way = wayTo(view.rows, reached, place)
  const used = view.block.byId.get(need.path[0] ?? '')
  if (used) {
    const own = view.rows[place]?.step.when
    const alike = !inWhen && own !== undefined && own === used.step?.when && need.path.length === 1
    return alike && !without(search, view, need, 'tried').has(place) ? undefined : way
  }
  const { parent } = view
  if (!parent || isKnown(search.proofOf(parent.view, parent.place).admitted, need)) return undefined
  const before = wayWithout(search, parent.view, parent.place, need, false)
  return before && [...before, ...way]
}

/**
 * The places that some way leads to while that step is not yet what is wanted. That a later visit may take an
 * output away again needs no look of its own: the way out of it is open to the first visit as well.
 */
const without = (search: Search, view: View, need: Need, wanted: Wanted): Reached => {
  const key = `${wanted} ${need.path.join('.')}`
  const known = search.found.get(view)?.get(key)
  if (known) return known
  const reached = reachedWithout(view.ways, thereAfter(search, view, need, wanted))
  search.found.get(view)?.set(key, reached)
  return reached
}

/** Is it there where that way leaves that place? */
const thereAfter = (search: Search, view: View, { path }: Need, wanted: Wanted) => {
  const [id = '', ...rest] = path
  const output: Need = { path, of: 'output' }
  return (place: number, way: Way): boolean => {
    const row = view.rows[place]
    if (row?.id === id) {
      const within = rest.length === 0 ? undefined : { isSettled: () => isSettled(search, row, rest) }
      if (finishes(view.ways[place] ?? [], row.step.kind, way, wanted, within)) return true
    }
    const known = search.proofOf(view, place).after(way)
    return known.size > 0 && isKnown(known, output)
  }
}

/** Does every way through the steps inside finish the one that the rest of the path names? */
const isSettled = (search: Search, row: Row, rest: readonly string[]): boolean => {
  const inner = insideOf(row, rest)
  const view = inner && search.whole.views.get(inner.block)
  if (inner === undefined || view === undefined) return true
  const need: Need = { path: rest.slice(inner.names - 1), of: 'output' }
  const isThere = thereAfter(search, view, need, 'finished')
  return ![...without(search, view, need, 'finished').keys()].some(place =>
    view.ways[place]?.some(way => way.to === 'off' && !isThere(place, way)),
  )
}

/** Is it the end of a visit? A step that is skipped, or over its limit, was not visited. */
const isEnd = ({ by }: Way): boolean => by !== 'limited' && by !== 'skipped'

/** What is wanted of the steps inside: is it there, where they ran to their end? */
type Within = { readonly isSettled: () => boolean }

/** They have an output where they failed as well: what was seen, or what the steps inside and the other runbook left. */
const TELLS: ReadonlySet<string | undefined> = new Set(['check', 'parallel', 'each', 'run'])

/**
 * A check may have no output where it could not tell, and an action has one only where it worked. `within`: what
 * is wanted is the output of a step inside, which is there where the steps around it ran to their end.
 */
const finishes = (
  ways: readonly Way[],
  kind: string | undefined,
  way: Way,
  wanted: Wanted,
  within: Within | undefined,
): boolean => {
  if (way.by === 'passed' || wanted === 'met') return within === undefined || within.isSettled()
  if (way.by === 'failed') return TELLS.has(kind) && within === undefined
  if (way.by === 'skipped') return wanted === 'tried'
  // Over its limit it was visited before: what is there then is what every such visit left behind.
  const made = ways.filter(isEnd)
  return way.by === 'limited' && made.every(before => finishes(ways, kind, before, wanted, within))
}
