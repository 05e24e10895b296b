import type { Plan } from '../../domain/plan.js'
import { ok, type Result } from '../../domain/result.js'
import type { Applied, Apply } from '../contract.js'
import { resourceOf } from '../ip-filter/denial.js'
import { readRemovals } from './changes.js'

/** All side by side: a place that does not answer keeps no other one blocked. */
export const apply = async (plan: Plan, ctx: Apply): Promise<Result<Applied>> => {
  const removals = readRemovals(plan)
  const taken = await ctx.all(
    removals.map(args => ({
      kind: 'allow',
      key: `${args.filter} ${args.incident}`,
      target: resourceOf(args.place),
      args,
    })),
  )
  const done = removals.filter((_, index) => taken[index]?.ok)
  const left = removals.filter((_, index) => !taken[index]?.ok)
  const removed = [...new Set(done.map(({ filter }) => filter))].filter(
    name => !left.some(({ filter }) => filter === name),
  )
  const output = { removed, places: done.map(({ place }) => resourceOf(place)) }
  const failed = taken.find(one => !one.ok)
  if (!failed || failed.ok) return ok({ output, summary: `${removed.join(', ')} taken away` })
  const words = `it still stands at ${left.map(({ place }) => resourceOf(place)).join(', ')}: ${failed.failure.message}`
  return ok({ output, summary: words, failure: { ...failed.failure, message: words } })
}
