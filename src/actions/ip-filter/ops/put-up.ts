import { ok, type Result } from '../../../domain/result.js'
import type { Prefix } from '../../../fleet/addresses/prefix.js'
import type { StandingFilter } from '../../../fleet/filters/filter.js'
import type { Hands } from '../../contract.js'
import type { Put } from '../mechanisms/mechanism.js'
import { mechanismOf } from '../mechanisms/mechanisms.js'

/**
 * Puts each prefix up for the longest of all that claim it, because an entry that stands takes the time of whoever puts
 * it up last. What others claim for longer goes first: where a later part fails, all that was put up is theirs.
 */
export const putUp = async (
  { until: own, incident, ...denial }: StandingFilter,
  /** What filters of ours want there already: until when (milliseconds since 1970) the longest of the others does. */
  { claims, ours }: { readonly claims: ReadonlyMap<Prefix, number>; readonly ours: ReadonlySet<Prefix> },
  { clock, providers }: Pick<Hands, 'clock' | 'providers'>,
): Promise<Result<Put>> => {
  const ends = new Map(denial.prefixes.map(prefix => [prefix, Math.max(own, claims.get(prefix) ?? own)]))
  const puts: Put[] = []
  for (const until of [...new Set(ends.values())].sort((a, b) => b - a)) {
    const prefixes = denial.prefixes.filter(prefix => ends.get(prefix) === until)
    // A time of nothing would be one without an end.
    const term = { ttl: Math.max(1, until - clock.now()), until, incident, ours }
    const put = await mechanismOf(denial).put({ ...denial, prefixes }, term, providers)
    if (!put.ok) return put
    puts.push(put.value)
  }
  const untold = puts.flatMap(one => one.untold ?? []).join('; ')
  return ok({
    already: puts.flatMap(({ already }) => already),
    ...(untold === '' ? {} : { untold }),
  })
}
