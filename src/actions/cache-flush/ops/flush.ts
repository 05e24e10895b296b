import * as z from 'zod'
import type { Json } from '../../../domain/json.js'
import { fail, ok, type Result } from '../../../domain/result.js'
import type { Memcached } from '../../../providers/contract.js'
import { mayBeFlushed, readCounters } from '../../../providers/memcached/counters.js'
import { defineOp, type OpBehaviour, type Probe } from '../../contract.js'
import { bySocat } from '../../socat.js'
import { countedBy } from '../counted.js'

const args = z.object({
  cluster: z.string(),
  shard: z.string(),
  url: z.string(),
  process: z.string(),
  /** What it held when the plan was agreed to. */
  bytes: z.number(),
  /** How often it had been flushed right before. */
  flushes: z.number(),
})
type Args = z.output<typeof args>

/** It counts when `cmd_flush` rose: an answer alone says only that somebody understood. */
const effect: OpBehaviour<Args>['effect'] = async (flushing, _token, { providers }) => {
  const { shard, url, flushes } = flushing
  const memcached = providers.memcached(url)
  const before = await countedBy(memcached, flushing)
  if (!before.ok) return before
  if (before.value !== flushes) return flushedMeanwhile(shard, flushes, before.value)
  const sent = await memcached.flushAll()
  return sent.ok ? seenDone(memcached, flushing) : sent
}

const seenDone = async (memcached: Memcached, { shard, process, flushes }: Args): Promise<Result<Json>> => {
  const after = await readCounters(memcached)
  if (!after.ok) return notSeen(shard, after.failure.message)
  if (after.value.process !== process) return ok({ restarted: after.value.process })
  return after.value.flushes > flushes
    ? ok({ flushes: after.value.flushes })
    : notSeen(shard, `\`cmd_flush\` was ${flushes} and is ${after.value.flushes}`)
}

const flushedMeanwhile = (shard: string, flushes: number, now: number): Result<never> =>
  fail(
    'plan.stale',
    `somebody flushed ${shard} since it was looked at (\`cmd_flush\` was ${flushes} and is ${now}); nothing was sent`,
    'find out who, then visit the step again for a new plan',
  )

/** Sent, and nobody saw what became of it: that is a doubt, whatever the look failed of. */
const notSeen = (shard: string, why: string): Result<never> =>
  fail('target.protocol', `flush_all was sent to ${shard}, and not seen done: ${why}`, 'look at its stats')

/** Every flush is counted by the server, and one more than before is ours or came in its place. */
const probe: OpBehaviour<Args>['probe'] = async ({ url, process, flushes }, _token, { providers }) => {
  const memcached = providers.memcached(url)
  const seen = await readCounters(memcached)
  const where = `\`cmd_flush\` in the stats of ${url}, which was ${flushes} before`
  if (!seen.ok) return { state: 'unknown', evidence: `${where} (${seen.failure.message})` }
  const { process: now, flushes: count } = seen.value
  // Whatever was sent to the process before it: what it held is gone.
  if (now !== process)
    return { state: 'done', result: { restarted: now }, evidence: `it was restarted since (process ${now})` }
  const evidence = `${where} and is ${count}`
  if (count === flushes) return { state: 'not-done', evidence }
  return count === flushes + 1
    ? counted(memcached, count, evidence)
    : { state: 'unknown', evidence: `${evidence}: others flush it, or reset its counters` }
}

/** A server that was started with `-F` counts what it refuses. */
const counted = async (memcached: Memcached, flushes: number, evidence: string): Promise<Probe> => {
  const may = await mayBeFlushed(memcached)
  if (!may.ok) return { state: 'unknown', evidence: `${evidence}; ${may.failure.message}` }
  return may.value
    ? { state: 'done', result: { flushes }, evidence }
    : { state: 'not-done', evidence: `${evidence}; it was started with -F, and refuses` }
}

export const flush = defineOp(args, {
  effect,
  probe,
  byHand: ({ url }) => bySocat('flush_all', url),
  undo: 'irreversible',
  spends: ({ cluster, bytes }) => ({ guardrail: 'flush', cluster, amount: bytes }),
})
