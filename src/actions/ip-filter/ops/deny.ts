import * as z from 'zod'
import { formatDuration } from '../../../domain/duration.js'
import { DOUBTFUL } from '../../../domain/failure-codes.js'
import type { Json } from '../../../domain/json.js'
import { ok, type Result } from '../../../domain/result.js'
import type { Prefix } from '../../../fleet/addresses/prefix.js'
import { isSameRecord, placeKeyOf, prefixSchema, type StandingFilter } from '../../../fleet/filters/filter.js'
import { defineOp, type Hands, type Probe } from '../../contract.js'
import { type Denial, denialSchema, resourceOf } from '../denial.js'
import { mechanismOf } from '../mechanisms/mechanisms.js'
import { claimedElsewhere } from './claimed.js'
import { putUp } from './put-up.js'

/**
 * One of the two: `ttl` in milliseconds from when it is put up; or `until` in milliseconds since 1970, the end of a
 * filter that stands elsewhere and is put up here as well.
 */
const args = denialSchema
  .extend({ ttl: z.number().positive().exactOptional(), until: z.number().exactOptional() })
  .refine(({ ttl, until }) => (ttl === undefined) !== (until === undefined), 'must have `ttl` or `until`')
type Args = z.output<typeof args>

const denialOf = ({ ttl: _ttl, until: _until, ...denial }: Args): Denial => denial

const untilOf = ({ ttl = 0, until }: Args, { clock }: Pick<Hands, 'clock'>): number =>
  until ?? clock.now() + ttl

/** Those that stand because of it, and until when (milliseconds since 1970); with `foreign`, what was left to others. */
const result = z.object({ denied: z.array(prefixSchema), until: z.number() })

/** It is in the register before it is anywhere else: whatever becomes of this process, somebody can take it away. */
const effect = async (asked: Args, _token: string, hands: Hands): Promise<Result<Json>> => {
  const { clock, incident, filters } = hands
  const denial = denialOf(asked)
  const until = untilOf(asked, hands)
  const needless = whyNot(asked, hands)
  if (needless !== undefined) return ok({ denied: [], until, told: `${needless}: it was not put up` })
  const time = until - clock.now()
  const standing = { ...denial, incident, until }
  const before = recordOf(denial, hands)
  // What else of it stands there was put up by an op of its own.
  const beside = before?.prefixes.filter(prefix => !denial.prefixes.includes(prefix)) ?? []
  const record = { ...standing, until: beside.length > 0 ? Math.max(until, before?.until ?? until) : until }
  const noted = write(record, [...beside, ...denial.prefixes], filters)
  if (!noted.ok) return noted
  const shared = claimedElsewhere(standing, hands)
  const ours = new Set([...shared.keys(), ...(before?.prefixes ?? [])])
  const put = await putUp(standing, { claims: shared, ours }, hands)
  if (!put.ok) {
    if (DOUBTFUL.has(put.failure.code)) return put
    // What it put up there earlier stands as it did.
    if (before) filters.write(before)
    else filters.strike(standing)
    return put
  }
  // What stood there before is ours only where a filter of ours has put it there.
  const foreign = put.value.already.filter(prefix => !ours.has(prefix))
  const denied = denial.prefixes.filter(prefix => !foreign.includes(prefix))
  if (foreign.length > 0) write(record, [...beside, ...denied], filters)
  const longer = denied.filter(prefix => (shared.get(prefix) ?? until) > until)
  const told = words({ denied, longer, foreign, time, untold: put.value.untold })
  return ok({ denied, until, ...(foreign.length > 0 ? { foreign } : {}), told })
}

type Outcome = {
  readonly denied: readonly Prefix[]
  readonly longer: readonly Prefix[]
  readonly foreign: readonly Prefix[]
  /** Milliseconds. */
  readonly time: number
  readonly untold: string | undefined
}

const words = ({ denied, longer, foreign, time, untold }: Outcome): string =>
  [
    `${denied.length} denied for ${formatDuration(time)}`,
    ...(longer.length > 0 ? [`${longer.join(', ')} stays for longer: another filter wants it`] : []),
    ...(foreign.length > 0 ? [`${foreign.join(', ')} stood there already, and not by us`] : []),
    ...(untold ? [untold] : []),
  ].join('; ')

/** A record of nothing is none. */
const write = (
  record: StandingFilter,
  [first, ...more]: readonly Prefix[],
  filters: Hands['filters'],
): Result<null> => (first ? filters.write({ ...record, prefixes: [first, ...more] }) : filters.strike(record))

/** Between a plan and its op lie minutes, in which its time may end, or somebody take it away: that holds here, too. */
const whyNot = (asked: Args, hands: Hands): string | undefined => {
  const now = hands.clock.now()
  if (untilOf(asked, hands) <= now) return 'its time is over'
  if (asked.until === undefined) return undefined
  const { filter, cluster, place } = asked
  const standsElsewhere = hands.filters
    .all()
    .some(
      one =>
        one.filter === filter &&
        one.cluster === cluster &&
        one.until > now &&
        placeKeyOf(one.place) !== placeKeyOf(place),
    )
  return standsElsewhere ? undefined : 'it was taken away everywhere else meanwhile'
}

/** What stands there because of another filter says nothing of this one; to put it up once more does nothing twice. */
const probe = async (asked: Args, _token: string, hands: Hands): Promise<Probe> => {
  const denial = denialOf(asked)
  const where = resourceOf(denial.place)
  const standing = await mechanismOf(denial).standing(denial, hands.providers)
  if (!standing.ok)
    return { state: 'unknown', evidence: `whether ${where} has it (${standing.failure.message})` }
  const denied = standing.value
  const others = claimedElsewhere({ ...denial, incident: hands.incident }, hands)
  if (denied.every(prefix => others.has(prefix)))
    return { state: 'not-done', evidence: `${where} has none of it that no other filter wants there` }
  return {
    state: 'done',
    result: { denied: [...denied], until: recordOf(denial, hands)?.until ?? untilOf(asked, hands) },
    evidence: `${where} has ${denied.length} of ${denial.prefixes.length}`,
  }
}

/** What the register says of that filter of this incident at that place. */
const recordOf = ({ filter, place }: Denial, { filters, incident }: Hands): StandingFilter | undefined =>
  filters.all().find(one => isSameRecord(one, { filter, incident, place }))

export const deny = defineOp(args, {
  effect,
  probe,
  byHand: asked => mechanismOf(asked).byHand.put(denialOf(asked), asked.ttl).join('\n'),
  undo: (asked, said) => {
    const denial = denialOf(asked)
    const prefixes = result.safeParse(said).data?.denied ?? denial.prefixes
    if (prefixes.length === 0) return []
    return [{ kind: 'allow', key: 'allow', target: resourceOf(denial.place), args: { ...denial, prefixes } }]
  },
})
