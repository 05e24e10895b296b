import { entryOf, headSpan, nodeAt } from '../../source/node.js'
import { report } from '../draft.js'
import { reachedWithout, type Way } from '../flow.js'
import type { Row, View, Whole } from '../whole.js'
import { wayTo, wayWords } from './way-words.js'

/** Actions that nothing takes back, where some way leads to them on which no check has looked. */
export const checkIrreversible = (whole: Whole): void => {
  for (const view of whole.views.values()) {
    for (const [place, row] of view.rows.entries()) {
      if (!cannotBeUndone(whole, row)) continue
      const way = blindWay(whole, view, place)
      if (way) reportUnchecked(whole, row, way)
    }
  }
}

const reportUnchecked = (whole: Whole, row: Row, way: readonly string[]): void =>
  report(whole.draft, headSpan(nodeAt(row.node, ['action']) ?? row.node), {
    rule: 'irreversible-unchecked',
    severity: 'warning',
    message: `nothing takes this action back, and no check looks before it on the way ${wayWords(way)}`,
    suggestion: wayOut(whole, row),
  })

/** A way there on which no check looks, in its own list of steps and before the step that this stands in. */
const blindWay = (whole: Whole, view: View, place: number): readonly string[] | undefined => {
  const blind = withoutLook(whole, view)
  if (!blind.has(place)) return undefined
  const { parent } = view
  const before = parent ? blindWay(whole, parent.view, parent.place) : []
  return before && [...before, ...wayTo(view.rows, blind, place)]
}

const withoutLook = (whole: Whole, { rows, ways }: View): ReadonlyMap<number, number | undefined> =>
  reachedWithout(ways, (place, way) => looks(whole, rows[place], way))

/** Has a check looked where that way leaves the step? An `each` may have had nothing to do. */
const looks = (whole: Whole, row: Row | undefined, { by }: Way): boolean => {
  if (row === undefined) return false
  const { step, blocks } = row
  if (step.kind === 'check') return by !== 'skipped'
  if (step.kind === 'wait')
    return by !== 'skipped' && typeof step.wait !== 'number' && step.wait.again !== undefined
  if (step.kind !== 'parallel' || by !== 'passed') return false
  return blocks.some(block => {
    const view = whole.views.get(block)
    return view !== undefined && !isBlind(whole, view)
  })
}

/** Does some way lead through those steps on which no check looks? */
const isBlind = (whole: Whole, view: View): boolean => {
  const { rows, ways } = view
  return [...withoutLook(whole, view).keys()].some(place =>
    ways[place]?.some(way => way.to === 'off' && !looks(whole, rows[place], way)),
  )
}

const irreversibleOf = ({ draft }: Whole, { uses, kind }: Row) => {
  const { actions } = draft.catalogue
  const known = kind === 'action' && uses !== undefined && Object.hasOwn(actions, uses)
  return known ? actions[uses]?.irreversible : undefined
}

const cannotBeUndone = (whole: Whole, row: Row): boolean => {
  const irreversible = irreversibleOf(whole, row)
  if (typeof irreversible !== 'object') return irreversible === true
  return entryOf(nodeAt(row.node, ['with']), irreversible.unless) === undefined
}

const wayOut = (whole: Whole, row: Row): string => {
  const irreversible = irreversibleOf(whole, row)
  const check = 'put a check step before it'
  return typeof irreversible === 'object'
    ? `${check}, or give \`${irreversible.unless}\` in its \`with\``
    : check
}
