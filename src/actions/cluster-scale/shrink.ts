import { type Failure, ok, type Result } from '../../domain/result.js'
import type { Applied, Apply } from '../contract.js'
import { sendAway } from '../proxy-replace/send-away.js'
import type { Departure } from './changes.js'

/** One after the other, so that never more than one is half way out; the first that fails is the last. */
export const shrink = async (
  departures: readonly Departure[],
  cluster: string,
  ctx: Apply,
): Promise<Result<Applied>> => {
  const parked: string[] = []
  for (const departure of departures) {
    const left = await takeAway(departure, cluster, ctx)
    if (!left.ok) return brokenOff(departures, parked, left.failure)
    parked.push(departure.proxy)
  }
  return ok({ output: { launched: [], parked }, summary: `drained, and parked: ${parked.join(', ')}` })
}

const takeAway = async ({ proxy, leave }: Departure, cluster: string, ctx: Apply): Promise<Result<unknown>> => {
  if (leave.by === 'drain') {
    const left = await sendAway({ old: proxy, cluster, leave }, ctx)
    if (!left.ok) return left.untouched ? left : standing(`left is ${proxy}, ${left.stands}`, left.failure)
  }
  const args = { instance: proxy, cluster }
  const parked = await ctx.op({ kind: 'park', key: 'park', target: proxy, args })
  const stands = leave.by === 'drain' ? 'accepts no more' : 'was left as it is'
  return parked.ok ? parked : standing(`${proxy} ${stands}, and is not parked`, parked.failure)
}

const standing = (words: string, why: Failure): Result<never> => ({
  ok: false,
  failure: { ...why, message: `${why.message}; ${words}` },
})

/** What is done stays done. */
const brokenOff = (
  departures: readonly Departure[],
  parked: readonly string[],
  failure: Failure,
): Result<Applied> => {
  const done = parked.length === 0 ? '' : ` (${parked.join(', ')})`
  const summary = `${parked.length} of ${departures.length} taken away${done}: ${failure.message}; nothing more was begun`
  return ok({ output: { launched: [], parked: [...parked] }, summary, failure })
}
