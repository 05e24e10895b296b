import * as z from 'zod'
import type { Json } from '../../domain/json.js'
import type { Plan } from '../../domain/plan.js'
import { type Failure, ok, type Result } from '../../domain/result.js'
import type { Applied, Apply } from '../contract.js'
import { readPlan } from './changes.js'

/** One shard after the other. What stops it stops it there: the shards before are flushed, those after it are not. */
export const apply = async (plan: Plan, ctx: Apply): Promise<Result<Applied>> => {
  const shards = readPlan(plan)
  const flushed: string[] = []
  for (const [index, { wait, ...shard }] of shards.entries()) {
    const done = await flushOne(shard, ctx)
    if (!done.ok) return stopped(done.failure, flushed, shards.length)
    flushed.push(shard.shard)
    const next = shards[index + 1]?.shard
    const waited = next === undefined ? ok(null) : await pauseBefore(next, wait, ctx)
    if (!waited.ok) return stopped(waited.failure, flushed, shards.length)
  }
  return ok({ output: { flushed }, summary: `${flushed.join(', ')}: flushed` })
}

type Shard = Omit<ReturnType<typeof readPlan>[number], 'wait'>

const counted = z.object({ flushes: z.number() })

/** Counted first, and on record: only by that can be told later whether a flush has happened. */
const flushOne = async (args: Shard, ctx: Apply): Promise<Result<Json>> => {
  const { shard, url, process } = args
  const count = await ctx.op({
    kind: 'count-flushes',
    key: 'count',
    target: shard,
    args: { shard, url, process },
  })
  if (!count.ok) return count
  const { flushes } = counted.parse(count.value)
  return ctx.op({ kind: 'flush', key: 'flush', target: shard, args: { ...args, flushes } })
}

/** A long wait is many short ones: who watches sees that it goes on, and one that was cut short is begun anew. */
const LONGEST_PAUSE_MS = 10_000

const pauseBefore = async (shard: string, wait: number, ctx: Apply): Promise<Result<Json>> => {
  let waited: Result<Json> = ok(null)
  for (let nth = 0; nth * LONGEST_PAUSE_MS < wait && waited.ok; nth += 1) {
    const ms = Math.min(LONGEST_PAUSE_MS, wait - nth * LONGEST_PAUSE_MS)
    waited = await ctx.op({ kind: 'pause', key: `pause-${nth + 1}`, target: shard, args: { ms } })
  }
  return waited
}

/** Nothing more is begun; what is flushed is in the output. */
const stopped = (failure: Failure, flushed: readonly string[], all: number): Result<Applied> => {
  const message = `${flushed.length} of ${all} shards are flushed${flushed.length === 0 ? '' : ` (${flushed.join(', ')})`}: ${failure.message}`
  if (flushed.length === 0) return { ok: false, failure: { ...failure, message } }
  return ok({ output: { flushed: [...flushed] }, summary: message, failure })
}
