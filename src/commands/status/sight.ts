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
): Promise<string> =>
  inTime(clock, look(standing, putUpAt, reach.at(standing.place), clock), NO_ANSWER, PATIENCE_MS)

/** Whoever was asked may still hold this process up. */
export const NO_ANSWER = `unknown: no answer within ${PATIENCE_MS / 1_000} s`

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
      const uptime = info.ok ? info.value.uptime : undefined
      return forgottenWords(place.proxy, uptime, putUpAt, clock.now())
    }
    case 'nftables':
      return `gone, ${place.proxy} has none of it`
    case 'network_acl':
      return `gone, ${place.acl} has another entry at number ${place.number}, or none`
  }
}

/** By the count of its own seconds (`uptime`), which are whole ones: its clock may be another one than ours. */
const forgottenWords = (
  proxy: string,
  uptime: number | undefined,
  putUpAt: number | undefined,
  now: number,
): string => {
  if (uptime !== undefined && putUpAt !== undefined) {
    const latest = now - uptime * 1_000
    if (latest - 1_000 > putUpAt)
      return `gone, ${proxy} has forgotten it: its HAProxy was restarted at ${untilWords(latest)}`
    if (latest <= putUpAt) return `gone, somebody has taken it away at ${proxy}`
  }
  return `gone, ${proxy} has forgotten it: its HAProxy was restarted, or somebody has taken it away`
}
