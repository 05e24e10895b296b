import { resourceOf, scopeWords } from '../../actions/ip-filter/denial.js'
import { formatDuration } from '../../domain/duration.js'
import { toInstant } from '../../domain/instant.js'
import type { FilterPlace, StandingFilter } from '../../fleet/filters/filter.js'

/** `deny list /etc/haproxy/denied.lst of p1`. */
export const placeWords = (place: FilterPlace): string => {
  switch (place.by) {
    case 'deny_list':
      return `deny list ${place.list} of ${place.proxy}`
    case 'nftables':
      return `nftables of ${place.proxy}`
    case 'network_acl':
      return `network ACL ${place.acl}, number ${place.number} (${place.region})`
  }
}

/** `f-3fa2c1d0 at p1`. */
export const atWords = ({ filter, place }: Pick<StandingFilter, 'filter' | 'place'>): string =>
  `${filter} at ${resourceOf(place)}`

type Denied = Pick<StandingFilter, 'scope'> & { readonly prefixes: readonly string[] }

/** `203.0.113.0/25, 198.51.100.7/32 (tcp 11211-11214)`. */
export const deniedWords = ({ prefixes, scope }: Denied): string =>
  `${prefixes.join(', ')} (${scopeWords(scope)})`

/** `12m left`, `OVERDUE by 2h 5m`; both moments in milliseconds since 1970. */
export const timeWords = (until: number, now: number): string =>
  until > now ? `${formatDuration(until - now)} left` : `OVERDUE by ${formatDuration(now - until)}`

/** `2026-11-24T04:12:00Z`. */
export const untilWords = (until: number): string => toInstant(until).replace(/\.\d+Z$/, 'Z')
