import { mechanismOf } from '../../actions/ip-filter/mechanisms/mechanisms.js'
import type { Clock } from '../../domain/clock.js'
import type { StandingFilter } from '../../fleet/filters/filter.js'
import type { Providers } from '../../providers/contract.js'
import type { FilterReach } from '../support/filter-reach.js'
import { untilWords } from '../support/filter-words.js'
import { inTime } from '../support/in-time.js'

type Tools = { readonly clock: Clock; readonly reach: Pick<FilterReach, 'at'> }

/** Nobody who asks for the status waits longer for one of them; all are asked at once. Milliseconds. */
const PATIENCE_MS = 2_000

/** Whether it is really there, in words. `putUpAt` in milliseconds since 1970, where the journal knows. */
export const sightOf = (
  standing: StandingFilter,
  putUpAt: number | undefined,
  { clock, reach }: Tools,
): Promise<string> => inTime(clock, look(standing, putUpAt, reach.at(standing.place), clock), LATE, PATIENCE_MS)

const LATE = `unknown: no answer within ${PATIENCE_MS / 1_000} s`

const look = async (
  standing: StandingFilter,
  putUpAt: number | undefined,
  providers: Providers,
  clock: Clock,
): Promise<string> => {
  const seen = await mechanismOf(standing).standing(standing, providers)
  if (!seen.ok) return `unknown: ${seen.failure.message.replace(/\.$/, '')}`
  const missing = standing.prefixes.filter(prefix => !seen.value.includes(prefix))
  if (missing.length === 0) return 'stands'
  if (seen.value.length > 0) return `only a part stands, without ${missing.join(', ')}`
  return goneWords(standing, putUpAt, providers, clock)
}

const goneWords = async (
  { place }: StandingFilter,
  putUpAt: number | undefined,
  providers: Providers,
  clock: Clock,
): Promise<string> => {
  switch (place.by) {
    case 'deny_list': {
      const info = await providers.haproxy(place.admin).info()
      // By its own count of seconds: its clock may be another one than ours.
      const startedAt = info.ok ? clock.now() - info.value.uptime * 1_000 : undefined
      return startedAt !== undefined && putUpAt !== undefined && startedAt > putUpAt
        ? `gone, ${place.proxy} has forgotten it: its HAProxy was restarted at ${untilWords(startedAt)}`
        : `gone, somebody has taken it away at ${place.proxy}`
    }
    case 'nftables':
      return `gone, ${place.proxy} has none of it`
    case 'network_acl':
      return `gone, ${place.acl} has another entry at number ${place.number}, or none`
  }
}
