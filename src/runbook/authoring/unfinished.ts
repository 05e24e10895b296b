import { headSpan, nodeAt } from '../../source/node.js'
import type { Span } from '../../source/source.js'
import type { Whole } from '../check-authoring.js'
import { report, type Site, spanOfSite } from '../draft.js'
import { isKnown, knownWhen, type Use, usesOf } from '../expressions/guards.js'
import { reachedWithout, type Way } from '../flow.js'
import { wayWords } from './way-words.js'

type Rows = Whole['rows']
type Row = Rows[number]

/**
 * What a step must be: finished with an output; or that, or skipped, which is as good for a step with the same
 * `when`; or at least come to, so that it has an outcome.
 */
type Wanted = 'finished' | 'tried' | 'met'

type Search = {
  readonly whole: Whole
  /** What the conditions of each step prove, by place. */
  readonly proofs: readonly Proof[]
  readonly byId: ReadonlyMap<string, Row>
  /** Results of `without`, by what was asked. */
  readonly found: Map<string, ReadonlyMap<number, number | undefined>>
}

/** Expressions that use the output of a step which, on some way, has not finished by then. */
export const checkUnfinished = (whole: Whole): void => {
  const { rows } = whole
  const search: Search = {
    whole,
    proofs: rows.map(row => proofOf(whole, row)),
    byId: new Map(rows.map(row => [row.id, row])),
    found: new Map(),
  }
  for (const [place, row] of rows.entries()) {
    for (const site of row.sites)
      checkSiteAt(search, place, site, search.proofs[place]?.before(site) ?? NOTHING)
    checkAgain(search, place, row)
  }
}

const checkSiteAt = (search: Search, place: number, site: Site, known: ReadonlySet<string>): void => {
  const { draft } = search.whole
  for (const use of missingAt(search, place, site, known))
    reportMissing(
      search,
      place,
      use,
      spanOfSite(draft, site, use.node.start, use.node.end),
      'may not be known here',
    )
}

/** The check that `verify.again` names is evaluated here, whatever its own `when` and the steps before it say. */
const checkAgain = (search: Search, place: number, { step, node }: Row): void => {
  const again = step.kind === 'action' ? step.verify?.again : undefined
  const check = again === undefined ? undefined : search.byId.get(again)
  const at = nodeAt(node, ['verify', 'again'])
  if (check === undefined || at === undefined) return
  const known = search.proofs[place]?.admitted ?? NOTHING
  const missing = check.sites
    .filter(({ expectation }) => !isWhen(expectation))
    .flatMap(site => missingAt(search, place, site, known))
  for (const use of firstOfEach(missing))
    reportMissing(search, place, use, headSpan(at), `is needed by \`${again}\` and may not be known here`)
}

const reportMissing = (search: Search, place: number, { id, of }: Use, span: Span, what: string): void => {
  const { draft, rows } = search.whole
  const [name, state, guard, wanted] =
    of === 'output'
      ? ([`steps.${id}`, 'has not finished', `has(steps.${id})`, 'finished'] as const)
      : ([`outcome("${id}")`, 'was not come to', `visits("${id}") > 0`, 'met'] as const)
  report(draft, span, {
    rule: 'maybe-unfinished',
    message: `\`${name}\` ${what}: \`${id}\` ${state} on the way ${wayWords(rows, without(search, id, wanted), place)}`,
    suggestion: `ask first: ${guard} && …, or give this step when: ${guard}`,
  })
}

/** The first use of each step that some way leads to before that step has finished. */
const missingAt = (search: Search, place: number, site: Site, known: ReadonlySet<string>): readonly Use[] => {
  const tree = search.whole.trees.get(site)
  const uses = tree === undefined ? [] : usesOf(tree, known)
  const own = search.whole.rows[place]?.step.when
  const missing = uses.filter(({ id, of }) => {
    const used = search.byId.get(id)
    if (used === undefined || !without(search, id, of === 'output' ? 'finished' : 'met').has(place))
      return false
    const alike = !isWhen(site.expectation) && own !== undefined && own === used.step.when
    return !alike || without(search, id, 'tried').has(place)
  })
  return firstOfEach(missing)
}

const firstOfEach = (uses: readonly Use[]): readonly Use[] => [
  ...new Map(uses.toReversed().map(use => [use.id, use])).values(),
]

/**
 * The places that some way leads to while that step is not yet what is wanted. That a later visit may take an
 * output away again needs no look of its own: the way out of it is open to the first visit as well.
 */
const without = (search: Search, id: string, wanted: Wanted): ReadonlyMap<number, number | undefined> => {
  const key = `${wanted} ${id}`
  const known = search.found.get(key)
  if (known) return known
  const { ways, rows } = search.whole
  const reached = reachedWithout(ways, (place, way) => {
    const { step } = rows[place] ?? {}
    const finished = step?.id === id && finishes(ways[place] ?? [], step.kind, way, wanted)
    return finished || isKnown(search.proofs[place]?.after(way) ?? NOTHING, { id, of: 'output' })
  })
  search.found.set(key, reached)
  return reached
}

/** Is it the end of a visit? A step that is skipped, or over its limit, was not visited. */
const isEnd = ({ by }: Way): boolean => by !== 'limited' && by !== 'skipped'

/** A check has an output where it failed, and may have none where it could not tell; an action only where it worked. */
const finishes = (ways: readonly Way[], kind: string | undefined, way: Way, wanted: Wanted): boolean => {
  if (way.by === 'passed' || wanted === 'met') return true
  if (way.by === 'failed') return kind === 'check'
  if (way.by === 'skipped') return wanted === 'tried'
  // Over its limit it was visited before: what is there then is what every such visit left behind.
  const made = ways.filter(isEnd)
  return way.by === 'limited' && made.every(before => finishes(ways, kind, before, wanted))
}

/** What the conditions of a step prove to be there. */
type Proof = {
  readonly admitted: ReadonlySet<string>
  /** On a way out of it. */
  readonly after: (way: Way) => ReadonlySet<string>
  /** Before one of its expressions is evaluated: by its `when`, and by earlier entries of a branch. */
  readonly before: (site: Site) => ReadonlySet<string>
}

const NOTHING: ReadonlySet<string> = new Set()

const proofOf = (whole: Whole, { sites }: Row): Proof => {
  const when = whenOf(whole, sites)
  const admitted = knownWhen(when, true)
  const skipped = knownWhen(when, false)
  const arms = sites.filter(isArm)
  const earlier = new Map<Site, ReadonlySet<string>>()
  const taken: ReadonlySet<string>[] = []
  let untaken = admitted
  for (const site of arms) {
    const test = whole.trees.get(site)
    earlier.set(site, untaken)
    taken.push(plus(untaken, knownWhen(test, true)))
    untaken = plus(untaken, knownWhen(test, false))
  }
  return {
    admitted,
    after: ({ by, arm }) => {
      if (by === 'limited') return NOTHING
      if (by === 'skipped') return skipped
      return arm === undefined ? admitted : (taken[arm] ?? untaken)
    },
    before: site => (isWhen(site.expectation) ? NOTHING : (earlier.get(site) ?? admitted)),
  }
}

const plus = (known: ReadonlySet<string>, more: ReadonlySet<string>): ReadonlySet<string> =>
  more.size === 0 ? known : new Set([...known, ...more])

const whenOf = ({ trees }: Whole, sites: readonly Site[]) => {
  const site = sites.find(({ expectation }) => isWhen(expectation))
  return site && trees.get(site)
}

const isWhen = (expectation: Site['expectation']): boolean =>
  expectation.kind === 'condition' && expectation.key === 'when'

const isArm = ({ expectation }: Site): boolean => expectation.kind === 'condition' && expectation.key === 'if'
