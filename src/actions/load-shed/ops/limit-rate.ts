import * as z from 'zod'
import type { Json } from '../../../domain/json.js'
import { fail, type Result } from '../../../domain/result.js'
import type { ProcessInfo } from '../../../providers/contract.js'
import { defineOp, type OpBehaviour, type OpRequest } from '../../contract.js'
import { changeAndSee } from '../../runtime-change.js'
import { bySocat } from '../../socat.js'
import { isSame, type Process, processOf, processSchema, restartWords } from '../process.js'
import { limitWords } from '../steps.js'

const args = z.object({
  proxy: z.string(),
  admin: z.string(),
  from: z.number(),
  to: z.number(),
  /** The limit before the plan, and all that the plan sets: whatever else is found is somebody else's. */
  prior: z.number(),
  ours: z.array(z.number()),
  /** Of the first step: where it has ended since, so has the limit. */
  process: processSchema.default(null),
})
type LimitRate = z.output<typeof args>

export const SHOWN_BY = '`show info`'
export const commandFor = (limit: number): string => `set rate-limit connections global ${limit}`

/** From the limit that was shown, or that the step before has left, to the next. */
const effect: OpBehaviour<LimitRate>['effect'] = async (change, _token, { providers }) => {
  const { proxy, admin, from, to } = change
  const haproxy = providers.haproxy(admin)
  return changeAndSee<ProcessInfo>({
    proxy,
    command: commandFor(to),
    shownBy: SHOWN_BY,
    look: () => haproxy.info(),
    unsent: info => {
      if (!isSame(info, change.process)) return notSent(proxy, restartWords(info))
      return info.connectionRateLimit === from ? undefined : notSent(proxy, movedWords(info, from))
    },
    send: () => haproxy.setConnRateLimit(to),
    seen: info =>
      info.connectionRateLimit === to
        ? { was: from, process: processOf(info), told: `${limitWords(from)} → ${limitWords(to)}` }
        : undefined,
  })
}

const notSent = (proxy: string, why: string): Result<never> =>
  fail(
    'target.rejected',
    `nothing was sent to ${proxy}: ${why}`,
    'look at `show info` on that proxy, then visit again for a new plan',
  )

export const movedWords = ({ connectionRateLimit }: ProcessInfo, from: number): string =>
  `its limit is ${limitWords(connectionRateLimit)}, not ${limitWords(from)}; somebody else set it`

/** A limit that is not there does not stand, whether it was never set or a restart has forgotten it. */
const probe: OpBehaviour<LimitRate>['probe'] = async (change, _token, { providers }) => {
  const { proxy, admin, from, to } = change
  const info = await providers.haproxy(admin).info()
  const where = `ConnRateLimit in ${SHOWN_BY} of ${proxy}`
  if (!info.ok) return { state: 'unknown', evidence: `${where} (${info.failure.message})` }
  const { connectionRateLimit, uptime } = info.value
  const evidence = `${where}: ${connectionRateLimit}, ${uptime}s after its start`
  if (!isSame(info.value, change.process))
    return { state: 'not-done', evidence: `${evidence}; ${restartWords(info.value)}` }
  if (connectionRateLimit === to)
    return { state: 'done', result: { was: from, process: processOf(info.value) }, evidence }
  return connectionRateLimit === from
    ? { state: 'not-done', evidence }
    : { state: 'unknown', evidence: `${evidence}, neither ${from} nor ${to}` }
}

/** The first step of a proxy takes back all of them: on the way back nobody is capped a second time. */
const undo = ({ proxy, admin, from, prior, ours }: LimitRate, result: Json): readonly OpRequest[] => {
  if (from !== prior) return []
  const restore = {
    proxy,
    admin,
    limit: limitWords(prior),
    set_here: ours.map(limitWords),
    process: processIn(result),
  }
  return [{ kind: 'restore-rate', key: 'restore-rate', target: proxy, args: restore }]
}

const done = z.object({ process: processSchema })

/** Null where only the operator knows that it happened. */
export const processIn = (result: Json): Process => done.safeParse(result).data?.process ?? null

export const limitRate = defineOp(args, {
  effect,
  probe,
  undo,
  byHand: ({ to, admin }) => bySocat(commandFor(to), admin),
})
