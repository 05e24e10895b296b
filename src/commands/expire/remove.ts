import pLimit from 'p-limit'
import { mechanismOf } from '../../actions/ip-filter/mechanisms/mechanisms.js'
import { takeAway } from '../../actions/ip-filter/take-away.js'
import type { Clock } from '../../domain/clock.js'
import { DOUBTFUL } from '../../domain/failure-codes.js'
import type { Failure } from '../../domain/result.js'
import type { Prefix } from '../../fleet/addresses/prefix.js'
import { placeKeyOf, type StandingFilter } from '../../fleet/filters/filter.js'
import type { FilterRegister } from '../../fleet/filters/register.js'
import type { Held } from '../../fleet/filters/registers.js'
import type { FilterReach } from '../support/filter-reach.js'

/** What came of one record. */
export type Became =
  | { readonly state: 'removed'; readonly prefixes: readonly Prefix[]; readonly kept: readonly Prefix[] }
  /** It was there no more: only the record of it was struck out. */
  | { readonly state: 'gone'; readonly kept: readonly Prefix[] }
  /** Nobody could look; the kernel of that host has ended it by itself. */
  | { readonly state: 'ended-unseen'; readonly failure: Failure }
  /** Nobody could look; it was sent, and nobody knows what came of it; it was not done. */
  | { readonly state: 'unseen' | 'in-doubt' | 'stands'; readonly failure: Failure }

/** `unstruck`: why the record of it is still in the register. */
export type Outcome = Held & { readonly became: Became; readonly unstruck?: Failure }

/** It stands, or may. */
export const isLeft = ({ became: { state } }: Pick<Outcome, 'became'>): boolean =>
  state === 'unseen' || state === 'in-doubt' || state === 'stands'

type Tools = { readonly clock: Clock; readonly reach: Pick<FilterReach, 'at'> }

const SIDE_BY_SIDE = 16

/** All of them side by side: one that does not answer keeps nobody else blocked. In the order in which they were given. */
export const removeAll = async (leaving: readonly Held[], tools: Tools): Promise<readonly Outcome[]> => {
  const going = new Set(leaving.map(({ standing }) => keyOf(standing)))
  const inTurn = pLimit(SIDE_BY_SIDE)
  return inTurn.map(leaving, held => removeOne({ ...held, register: without(held.register, going) }, tools))
}

/** None that goes with it keeps it: each would stay for the other's sake. */
const without = (register: FilterRegister, going: ReadonlySet<string>): FilterRegister => ({
  ...register,
  all: () => register.all().filter(standing => !going.has(keyOf(standing))),
})

const keyOf = ({ incident, filter, place }: StandingFilter): string =>
  `${incident} ${filter} ${placeKeyOf(place)}`

const removeOne = async (held: Held, { clock, reach }: Tools): Promise<Outcome> => {
  const { standing, register } = held
  const providers = reach.at(standing.place)
  const seen = await mechanismOf(standing).standing(standing, providers)
  if (!seen.ok) return unseen(held, seen.failure, clock.now())
  const taken = await takeAway(standing, { clock, providers, filters: register })
  if (!taken.ok) {
    const { failure } = taken
    return { ...held, became: { state: DOUBTFUL.has(failure.code) ? 'in-doubt' : 'stands', failure } }
  }
  const { allowed, kept, struck } = taken.value
  const prefixes = allowed.filter(prefix => seen.value.includes(prefix))
  return {
    ...held,
    became: prefixes.length > 0 ? { state: 'removed', prefixes, kept } : { state: 'gone', kept },
    ...(struck.ok ? {} : { unstruck: struck.failure }),
  }
}

/** So long after its time nobody has to look any more whether a kernel has ended an entry, in milliseconds. */
const SURELY_MS = 3_600_000

const unseen = (held: Held, failure: Failure, now: number): Outcome => {
  const { standing, register } = held
  const isOver = standing.place.by === 'nftables' && now - standing.until > SURELY_MS
  if (!isOver) return { ...held, became: { state: 'unseen', failure } }
  const struck = register.strike(standing)
  return {
    ...held,
    became: { state: 'ended-unseen', failure },
    ...(struck.ok ? {} : { unstruck: struck.failure }),
  }
}
