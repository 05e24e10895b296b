import { fail, ok, type Result } from '../../domain/result.js'
import type { Memcached } from '../../providers/contract.js'
import { readCounters } from '../../providers/memcached/counters.js'

/** How often that very process was flushed so far. Nothing was sent where this fails. */
export const countedBy = async (
  memcached: Memcached,
  { shard, process }: { readonly shard: string; readonly process: string },
): Promise<Result<number>> => {
  const seen = await readCounters(memcached)
  if (!seen.ok) return notSent(shard, seen.failure.message)
  return seen.value.process === process ? ok(seen.value.flushes) : restarted(shard, process, seen.value.process)
}

/** Not the failure of the look itself: a time-out there would read as a flush whose outcome is not known. */
const notSent = (shard: string, why: string): Result<never> =>
  fail(
    'target.refused',
    `nothing was sent to ${shard}: ${why}`,
    'mend what the message names, then visit the step again',
  )

const restarted = (shard: string, planned: string, now: string): Result<never> =>
  fail(
    'plan.stale',
    `${shard} was restarted since the plan was made (process ${planned}, now ${now}): it is empty already, and nothing was sent`,
    'see whether it still needs a flush, then visit the step again for a new plan',
  )
