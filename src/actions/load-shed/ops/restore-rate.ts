import * as z from 'zod'
import { fail, ok, type Result } from '../../../domain/result.js'
import type { ProcessInfo } from '../../../providers/contract.js'
import { defineOp, type OpBehaviour } from '../../contract.js'
import { changeAndSee } from '../../runtime-change.js'
import { bySocat } from '../../socat.js'
import { isSame, processSchema, restartWords } from '../process.js'
import { limitWords, writtenLimit } from '../steps.js'
import { commandFor, SHOWN_BY } from './limit-rate.js'

const args = z.object({
  proxy: z.string(),
  admin: z.string(),
  /** In words, as it stands in the plan of the undo: 0 would read as the opposite of no limit. */
  limit: writtenLimit,
  /** Limits that the plan has set: any other one is not ours to take back. */
  set_here: z.array(writtenLimit),
  /** That had them. */
  process: processSchema,
})
type RestoreRate = z.output<typeof args>

/** Back to the limit from before the first step, in one go. */
const effect: OpBehaviour<RestoreRate>['effect'] = async (change, _token, { providers }) => {
  const { proxy, admin, limit: to } = change
  const haproxy = providers.haproxy(admin)
  return changeAndSee<ProcessInfo>({
    proxy,
    command: commandFor(to),
    shownBy: SHOWN_BY,
    look: () => haproxy.info(),
    unsent: info =>
      info.connectionRateLimit === to
        ? ok({ limit: to, told: `${limitWords(to)} already` })
        : notOurs(change, info),
    send: () => haproxy.setConnRateLimit(to),
    seen: info =>
      info.connectionRateLimit === to ? { limit: to, told: `back to ${limitWords(to)}` } : undefined,
  })
}

/** Undefined where what is there is what the plan has left. */
const notOurs = (
  { proxy, limit: to, set_here: ours, process }: RestoreRate,
  info: ProcessInfo,
): Result<never> | undefined => {
  const { connectionRateLimit: now } = info
  if (isSame(info, process) && ours.includes(now)) return undefined
  const why = isSame(info, process) ? 'somebody else set it' : restartWords(info)
  return fail(
    'target.rejected',
    `nothing was sent to ${proxy}: its limit is ${limitWords(now)}, and not one that was set here; ${why}`,
    `look at ${SHOWN_BY} there; if it should be ${limitWords(to)} again, set it by hand: \`${commandFor(to)}\``,
  )
}

const probe: OpBehaviour<RestoreRate>['probe'] = async ({ proxy, admin, limit: to }, _token, { providers }) => {
  const info = await providers.haproxy(admin).info()
  const where = `ConnRateLimit in ${SHOWN_BY} of ${proxy}`
  if (!info.ok) return { state: 'unknown', evidence: `${where} (${info.failure.message})` }
  const { connectionRateLimit: now, uptime } = info.value
  const evidence = `${where}: ${now}, ${uptime}s after its start`
  return now === to ? { state: 'done', result: { limit: to }, evidence } : { state: 'not-done', evidence }
}

export const restoreRate = defineOp(args, {
  effect,
  probe,
  undo: () => [], // an undo is not undone
  byHand: ({ limit: to, admin }) => bySocat(commandFor(to), admin),
})
