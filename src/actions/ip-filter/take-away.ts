import { ok, type Result } from '../../domain/result.js'
import type { Prefix } from '../../fleet/addresses/prefix.js'
import { isSameRecord, type StandingFilter } from '../../fleet/filters/filter.js'
import type { Hands } from '../contract.js'
import { mechanismOf } from './mechanisms/mechanisms.js'
import { claimedElsewhere } from './ops/claimed.js'

/** `kept` stays, because another filter wants it. `struck` is a failure where the record of it could not be taken out. */
export type TakenAway = {
  readonly allowed: readonly Prefix[]
  readonly kept: readonly Prefix[]
  readonly struck: Result<null>
}

type Leaving = Omit<StandingFilter, 'until'>
type Tools = Pick<Hands, 'clock' | 'providers' | 'filters'>

/** Takes what stands at one place, and then the record of it. Needs nothing but the place; what is gone is no failure. */
export const takeAway = async (standing: Leaving, tools: Tools): Promise<Result<TakenAway>> => {
  const allowed = unclaimed(standing, standing.prefixes, tools)
  const taken = await take(standing, allowed, tools)
  if (!taken.ok) return taken
  const struck = strikeOut(standing, tools.filters)
  const kept = standing.prefixes.filter(prefix => !allowed.includes(prefix))
  // Two that stay for each other's sake may leave side by side: whoever is struck out last finds nobody else.
  const late = unclaimed(standing, kept, tools)
  const takenLate = await take(standing, late, tools)
  if (!takenLate.ok) {
    const [first, ...more] = late
    if (first && struck.ok)
      tools.filters.write({ ...standing, prefixes: [first, ...more], until: tools.clock.now() })
    return takenLate
  }
  return ok({
    allowed: [...allowed, ...late],
    kept: kept.filter(prefix => !late.includes(prefix)),
    struck,
  })
}

/** What else of that filter stands there has its record still. */
const strikeOut = (standing: Leaving, filters: Tools['filters']): Result<null> => {
  const record = filters.all().find(one => isSameRecord(one, standing))
  const [first, ...more] = record?.prefixes.filter(prefix => !standing.prefixes.includes(prefix)) ?? []
  return record && first ? filters.write({ ...record, prefixes: [first, ...more] }) : filters.strike(standing)
}

/** Those of its prefixes that no other filter wants there, whose time is not over. */
export const unclaimed = (
  standing: Leaving,
  prefixes: readonly Prefix[],
  tools: Pick<Tools, 'clock' | 'filters'>,
): readonly Prefix[] => {
  if (prefixes.length === 0) return [] // nobody reads a whole register for nothing
  const claimed = claimedElsewhere(standing, tools)
  return prefixes.filter(prefix => !claimed.has(prefix))
}

const take = async (
  standing: Leaving,
  prefixes: readonly Prefix[],
  { providers }: Pick<Tools, 'providers'>,
): Promise<Result<null>> => {
  const [first, ...more] = prefixes
  if (!first) return ok(null)
  return mechanismOf(standing).take({ ...standing, prefixes: [first, ...more] }, providers)
}
