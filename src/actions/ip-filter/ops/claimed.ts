import type { Prefix } from '../../../fleet/addresses/prefix.js'
import { isSameScope, placeKeyOf, type StandingFilter } from '../../../fleet/filters/filter.js'
import type { Hands } from '../../contract.js'

/**
 * What other filters, whose time is not over, want to stand at that place, and until when the longest of them does
 * (milliseconds since 1970): it stays when this one goes, and is not cut short when this one comes.
 */
export const claimedElsewhere = (
  { filter, incident, place, scope }: Pick<StandingFilter, 'filter' | 'incident' | 'place' | 'scope'>,
  { filters, clock }: Pick<Hands, 'filters' | 'clock'>,
): ReadonlyMap<Prefix, number> => {
  const now = clock.now()
  const others = filters
    .all()
    .filter(one => one.filter !== filter || one.incident !== incident)
    .filter(one => one.until > now && placeKeyOf(one.place) === placeKeyOf(place))
    // A list is for all ports of a proxy, whatever was asked for: one entry there is one and the same.
    .filter(one => place.by === 'deny_list' || isSameScope(one.scope, scope))
  const claims = new Map<Prefix, number>()
  for (const { prefixes, until } of others)
    for (const prefix of prefixes) claims.set(prefix, Math.max(until, claims.get(prefix) ?? until))
  return claims
}
