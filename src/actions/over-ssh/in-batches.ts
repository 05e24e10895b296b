import type { Json } from '../../domain/json.js'
import type { Failure, Result } from '../../domain/result.js'
import type { Apply, OpRequest } from '../contract.js'

/** Hosts at once. What is wrong with a command shows on the first of them, and not on a whole fleet. */
const WIDTH = 10

/** Some at a time; after a batch in which one failed no other is begun. The results of those that were. */
export const inBatches = async (
  requests: readonly OpRequest[],
  ctx: Apply,
): Promise<readonly Result<Json>[]> => {
  const results: Result<Json>[] = []
  while (results.length < requests.length && results.every(({ ok }) => ok))
    results.push(...(await ctx.all(requests.slice(results.length, results.length + WIDTH))))
  return results
}

/** Why not all is done; undefined where it is. */
export const shortfall = (
  requests: readonly OpRequest[],
  results: readonly Result<Json>[],
): Failure | undefined => {
  const first = results.find(result => !result.ok)
  if (!first || first.ok) return undefined
  const failed = requests.filter((_, index) => results[index]?.ok === false).map(({ target }) => target)
  const left = requests.length - results.length
  const begun = left === 0 ? '' : `, ${left} not begun`
  const what = `${failed.length} of ${requests.length} hosts failed (${failed.join(', ')})${begun}`
  return { ...first.failure, message: `${what}: ${first.failure.message}` }
}
