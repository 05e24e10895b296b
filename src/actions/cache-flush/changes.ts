import * as z from 'zod'
import type { Change, Plan } from '../../domain/plan.js'
import { duration } from '../../fleet/schema-values.js'

/** One shard: where it is, which process it is, and how long to wait after it, in milliseconds. */
export type Shard = {
  readonly id: string
  readonly url: string
  readonly process: string
  readonly wait: number
}

/** A process is bound, not how much it holds: another process has an empty cache already. */
export const changesFor = (shards: readonly Shard[]): readonly Change[] =>
  shards.map(({ id, url, process, wait }) => ({
    verb: 'flush',
    resource: id,
    before: { data: url, process },
    after: { state: 'empty', ...(wait > 0 ? { 'then wait': `${wait / 1_000}s` } : {}) },
  }))

const before = z.object({ data: z.string(), process: z.string() })
const after = z.object({ 'then wait': duration.optional() })
const spends = z.object({ cluster: z.string(), each: z.record(z.string(), z.number()) })

/** Reads an agreed plan; it was made by `plan`, perhaps in another process. `bytes` is what it was agreed to lose. */
export const readPlan = (plan: Plan) => {
  const { cluster, each } = spends.parse(plan.spends)
  return plan.changes.map(change => {
    const { data: url, process } = before.parse(change.before)
    const { 'then wait': wait = 0 } = after.parse(change.after)
    return { cluster, shard: change.resource, url, process, bytes: each[change.resource] ?? 0, wait }
  })
}
