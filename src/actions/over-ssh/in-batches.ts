import type { Json } from '../../domain/json.js'
import type { Result } from '../../domain/result.js'
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

/** Why not all is done, of so many; undefined where it is. */
export const shortfall = (results: readonly Result<Json>[], asked: number, things: string) => {
  const first = results.find(result => !result.ok)
  if (!first || first.ok) return undefined
  const failed = results.filter(({ ok }) => !ok).length
  const left = asked - results.length
  const begun = left === 0 ? '' : `, ${left} not begun`
  return {
    ...first.failure,
    message: `${failed} of ${asked} ${things} failed${begun}: ${first.failure.message}`,
  }
}
