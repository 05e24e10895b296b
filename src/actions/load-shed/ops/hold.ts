import * as z from 'zod'
import { fail, ok, type Result } from '../../../domain/result.js'
import type { ProcessInfo } from '../../../providers/contract.js'
import { defineOp, type Hands, type OpBehaviour, type OpRequest } from '../../contract.js'
import { isSame, processSchema, restartWords } from '../process.js'
import { limitWords } from '../steps.js'
import { movedWords } from './limit-rate.js'

/** A limit that stands, and in which process. */
const watched = z.object({
  proxy: z.string(),
  admin: z.string(),
  limit: z.number(),
  process: processSchema,
})
export type Watched = z.output<typeof watched>

const args = z.object({ ms: z.number(), watched: z.array(watched) })
type Hold = z.output<typeof args>

/** An op that is begun is let finish: what takes longer is several, so that a stop does not wait for it. */
const LONGEST_MS = 15_000

/** Waits, and looks whether every limit still stands: nothing is raised over what nobody has seen. */
const effect: OpBehaviour<Hold>['effect'] = async ({ ms, watched: proxies }, _token, hands) => {
  await hands.clock.sleep(ms)
  const looks = await Promise.all(proxies.map(async one => ({ one, info: await infoOf(one, hands) })))
  const wrong = looks.flatMap(({ one, info }) => wrongWith(one, info))
  if (wrong.length > 0)
    return fail(
      'target.rejected',
      `${wrong.join('; ')}; nothing more is raised`,
      'look at those proxies; visit again for a new plan, or undo',
    )
  const rates = looks.flatMap(({ one, info }) => (info.ok ? [rateOf(one, info.value)] : []))
  return ok({ rates, told: wordsFor(rates) })
}

const infoOf = ({ admin }: Watched, { providers }: Hands): Promise<Result<ProcessInfo>> =>
  providers.haproxy(admin).info()

const wrongWith = ({ proxy, limit, process }: Watched, info: Result<ProcessInfo>): readonly string[] => {
  if (!info.ok) return [`${proxy} is not seen: ${info.failure.message.replace(/\.$/, '')}`]
  if (!isSame(info.value, process)) return [`${proxy}: ${restartWords(info.value)}`]
  return info.value.connectionRateLimit === limit ? [] : [`${proxy}: ${movedWords(info.value, limit)}`]
}

const rateOf = ({ proxy }: Watched, { connectionRate, connections, connectionRateLimit }: ProcessInfo) => ({
  proxy,
  rate: connectionRate,
  connections,
  limit: limitWords(connectionRateLimit),
})

/** What is watched meanwhile, on one line however many there are. */
const wordsFor = (rates: readonly ReturnType<typeof rateOf>[]): string => {
  const all = rates.reduce((sum, { rate }) => sum + rate, 0)
  const [most] = rates.toSorted((a, b) => b.rate - a.rate)
  return most ? `${all}/s accepted in all; the most: ${most.proxy}, ${most.rate}/s of ${most.limit}` : 'waited'
}

export const hold = defineOp(args, {
  effect,
  probe: async () => ({ state: 'not-done', evidence: 'a look; it is made again' }),
  undo: 'nothing',
})

/** The ops in which so many milliseconds pass, one after the other. */
export const holdsFor = (ms: number, step: number, cluster: string, proxies: readonly Watched[]): OpRequest[] =>
  Array.from({ length: Math.ceil(ms / LONGEST_MS) }, (_, number) => ({
    kind: 'hold',
    key: `hold-${step}-${number + 1}`,
    target: cluster,
    args: { ms: Math.min(LONGEST_MS, ms - number * LONGEST_MS), watched: [...proxies] },
  }))
