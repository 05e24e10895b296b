import type { Plan } from '../../domain/plan.js'
import { ok, type Result } from '../../domain/result.js'
import type { Applied, Apply } from '../contract.js'
import { inBatches, shortfall } from '../over-ssh/in-batches.js'
import { readChanges, requestsFor } from './changes.js'

export const apply = async (plan: Plan, ctx: Apply): Promise<Result<Applied>> => {
  const todo = readChanges(plan)
  const { errands, levels } = todo
  const requests = requestsFor(todo)
  const results = await inBatches(requests, ctx)
  const failure = shortfall(requests, results)
  const isDone = (index: number): boolean => results[index]?.ok === true
  const proxies = errands.filter((_, index) => isDone(index)).map(({ target }) => target)
  const shards = levels.filter((_, index) => isDone(errands.length + index)).map(({ shard }) => shard)
  return ok({
    output: { proxies, shards },
    summary: failure?.message ?? `${[...proxies, ...shards].join(', ')} log less`,
    ...(failure ? { failure } : {}),
  })
}
