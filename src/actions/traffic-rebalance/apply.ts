import type { Plan } from '../../domain/plan.js'
import { ok, type Result } from '../../domain/result.js'
import type { Applied, Apply } from '../contract.js'
import { requestFor } from './ops/set-weight.js'
import { nameOf, readChanges, type WeightChange } from './weights.js'

/**
 * Those that are to get more come first, and are seen before one gets less: a backend never stands without a server
 * on the way. Taken back in reverse, it does not either.
 */
export const apply = async (plan: Plan, ctx: Apply): Promise<Result<Applied>> => {
  const changes = readChanges(plan)
  const raised = changes.filter(({ from, to }) => to > from)
  const lowered = changes.filter(({ from, to }) => to < from)
  for (const batch of [raised, lowered]) {
    const done = await setAll(batch, ctx)
    if (!done.ok) return done
  }
  const proxies = new Set(changes.map(({ proxy }) => proxy)).size
  return ok({
    output: { rebalanced: changes.map(entryFor) },
    summary: `${changes.length} weights set on ${proxies} ${proxies === 1 ? 'proxy' : 'proxies'}`,
  })
}

const setAll = async (batch: readonly WeightChange[], ctx: Apply): Promise<Result<null>> => {
  const results = await ctx.all(batch.map(requestFor))
  const failed = batch.filter((_, index) => results[index]?.ok === false)
  const first = results.find(result => !result.ok)
  if (!first || first.ok) return ok(null)
  const names = failed.map(change => `${nameOf(change)} of ${change.proxy}`).join(', ')
  const left = `${failed.length} of ${batch.length} weights are not set (${names})`
  return { ok: false, failure: { ...first.failure, message: `${left}: ${first.failure.message}` } }
}

export const entryFor = (change: WeightChange) => ({
  proxy: change.proxy,
  server: nameOf(change),
  was: change.from,
  weight: change.to,
})
