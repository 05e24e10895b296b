import type { Prefix } from '../../../fleet/addresses/prefix.js'
import { placeKeyOf, type StandingFilter } from '../../../fleet/filters/filter.js'
import type { Hands } from '../../contract.js'

/** What other filters, whose time is not over, want to stand at that place: it stays when this one goes. */
export const claimedElsewhere = (
  { filter, incident, place, scope }: Pick<StandingFilter, 'filter' | 'incident' | 'place' | 'scope'>,
  { filters, clock }: Pick<Hands, 'filters' | 'clock'>,
): ReadonlySet<Prefix> => {
  const now = clock.now()
  const others = filters
    .all()
    .filter(one => one.filter !== filter || one.incident !== incident)
    .filter(one => one.until > now && placeKeyOf(one.place) === placeKeyOf(place) && isSame(one.scope, scope))
  return new Set(others.flatMap(({ prefixes }) => prefixes))
}

const isSame = (a: StandingFilter['scope'], b: StandingFilter['scope']): boolean =>
  JSON.stringify(a) === JSON.stringify(b)
