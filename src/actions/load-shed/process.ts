import * as z from 'zod'
import type { ProcessInfo } from '../../providers/contract.js'

/** Which HAProxy it was: a limit is gone with the process that had it. Null: nobody knows. */
export const processSchema = z.object({ pid: z.number(), started_at: z.number() }).nullable()
export type Process = z.output<typeof processSchema>

export const processOf = ({ pid, startedAt }: ProcessInfo) => ({ pid, started_at: startedAt })

/** True also where nobody knows which one it was. */
export const isSame = (info: ProcessInfo, process: Process): boolean =>
  process === null || (info.pid === process.pid && info.startedAt === process.started_at)

export const restartWords = ({ pid, uptime }: ProcessInfo): string =>
  `its HAProxy was restarted (pid ${pid}, up ${uptime}s), and has forgotten the limit`
