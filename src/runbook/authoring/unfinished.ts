import { headSpan, nodeAt } from '../../source/node.js'
import type { Span } from '../../source/source.js'
import { report, type Site, spanOfSite } from '../draft.js'
import type { Row, View, Whole } from '../whole.js'
import { type Missing, missingAt, newSearch, type Search } from './missing.js'
import { isCondition } from './proofs.js'
import { wayWords } from './way-words.js'

/** Expressions that use the output of a step which, on some way, has not finished by then. */
export const checkUnfinished = (whole: Whole): void => {
  const search = newSearch(whole)
  for (const view of whole.views.values()) {
    for (const [place, row] of view.rows.entries()) {
      for (const site of row.sites) checkSiteAt(search, view, place, site)
      checkAgain(search, view, place, row)
    }
  }
}

const checkSiteAt = (search: Search, view: View, place: number, site: Site): void => {
  const known = search.proofOf(view, place).before(site)
  const { draft } = search.whole
  for (const missing of missingAt(search, { view, place, site, known })) {
    const { start, end } = missing.node
    reportMissing(search, missing, spanOfSite(draft, site, start, end), 'may not be known here')
  }
}

/** The check that `again` names is evaluated here, whatever its own `when` and the steps before it say. */
const checkAgain = (search: Search, view: View, place: number, row: Row): void => {
  const named = againOf(row)
  const at = named && nodeAt(row.node, [named.key, 'again'])
  const check = named && search.rowOf(named.id)
  if (named === undefined || at === undefined || check === undefined) return
  const { admitted: known } = search.proofOf(view, place)
  const missing = check.sites
    .filter(site => !isCondition(site, 'when') && !(named.key === 'wait' && isCondition(site, 'expect')))
    .flatMap(site => missingAt(search, { view, place, site, known }))
  const what = `is needed by \`${named.id}\` and may not be known here`
  for (const one of new Map(missing.map(use => [use.path.join('.'), use])).values())
    reportMissing(search, one, headSpan(at), what)
}

/** With a `verify` its `expect` is looked at as well; an `until` has its own condition. */
const againOf = ({ step }: Row): { readonly key: 'verify' | 'wait'; readonly id: string } | undefined => {
  if (step.kind === 'action' && step.verify) return { key: 'verify', id: step.verify.again }
  const again = step.kind === 'wait' && typeof step.wait !== 'number' ? step.wait.again : undefined
  return again === undefined ? undefined : { key: 'wait', id: again }
}

const reportMissing = (search: Search, { path, of, way }: Missing, span: Span, what: string): void => {
  const id = path.at(-1)
  const [name, state, guard] =
    of === 'output'
      ? ([written(path), 'has not finished', `has(${written(path)})`] as const)
      : ([`outcome("${id}")`, 'was not come to', `visits("${id}") > 0`] as const)
  report(search.whole.draft, span, {
    rule: 'maybe-unfinished',
    message: `\`${name}\` ${what}: \`${id}\` ${state} on the way ${wayWords(way)}`,
    suggestion: path.some(part => part.startsWith('#'))
      ? `ask each item first: ${written(path.slice(0, path.indexOf(itemOf(path))))}.filter(one, has(one.${id}))`
      : `ask first: ${guard} && …, or give this step when: ${guard}`,
  })
}

const itemOf = (path: readonly string[]): string => path.find(part => part.startsWith('#')) ?? ''

/** As an expression would have it. */
const written = (path: readonly string[]): string =>
  `steps.${path.map(part => (part.startsWith('#') ? '[]' : part)).join('.')}`.replaceAll('.[]', '[…]')
