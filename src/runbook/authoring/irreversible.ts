import { entryOf, headSpan, nodeAt } from '../../source/node.js'
import type { Whole } from '../check-authoring.js'
import { report } from '../draft.js'
import { reachedWithout } from '../flow.js'
import { wayWords } from './way-words.js'

type Row = Whole['rows'][number]

/** Actions that nothing takes back, where some way leads to them on which no check has looked. */
export const checkIrreversible = (whole: Whole): void => {
  const { draft, rows, ways } = whole
  const last = new Set(rows.filter(row => cannotBeUndone(whole, row)))
  if (last.size === 0) return
  const blind = reachedWithout(ways, (place, { by }) => rows[place]?.step.kind === 'check' && by !== 'skipped')
  for (const [place, row] of rows.entries()) {
    if (!last.has(row) || !blind.has(place)) continue
    report(draft, headSpan(nodeAt(row.node, ['action']) ?? row.node), {
      rule: 'irreversible-unchecked',
      severity: 'warning',
      message: `nothing takes this action back, and no check looks before it on the way ${wayWords(rows, blind, place)}`,
      suggestion: wayOut(whole, row),
    })
  }
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
