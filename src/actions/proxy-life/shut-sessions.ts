import * as z from 'zod'
import type { Json } from '../../domain/json.js'
import { fail, ok, type Result } from '../../domain/result.js'
import type { StatRow } from '../../providers/contract.js'
import { defineOp, type Hands, type Probe } from '../contract.js'
import { bySocat } from '../socat.js'
import { pollUntil } from './poll.js'
import { sessionsOn } from './sessions.js'

const args = z.object({
  cluster: z.string(),
  proxy: z.string(),
  admin: z.string(),
  /** As `backend/server`. */
  servers: z.array(z.string()),
})
type Args = z.output<typeof args>

const EVERY_MS = 1_000
const WITHIN_MS = 30_000

/**
 * HAProxy says at once that it has understood, and ends the sessions after: it counts when none is left. A server that
 * has none is left alone: an earlier try may have come as far as that.
 */
const effect = async (shut: Args, _token: string, hands: Hands): Promise<Result<Json>> => {
  const haproxy = hands.providers.haproxy(shut.admin)
  const stat = await haproxy.stat()
  if (!stat.ok) return notSent(shut.proxy, stat.failure.message)
  for (const { proxy: backend, server } of stat.value.filter(row => isBusy(row, shut.servers))) {
    const sent = await haproxy.shutdownSessions(backend, server)
    if (!sent.ok) return sent
  }
  const what = `the sessions of ${shut.proxy} to end`
  const ended = await pollUntil(hands.clock, { every: EVERY_MS, within: WITHIN_MS, what }, async () => {
    const left = await sessionsOn(shut, hands)
    return left.ok && left.value === 0 ? ok({ sessions: 0, told: 'no session is left' }) : undefined
  })
  return ended.ok ? ended : stillThere(shut, hands)
}

/** Not the failure of the look itself: a time-out there would read as a change whose outcome is not known. */
const notSent = (proxy: string, why: string): Result<never> =>
  fail(
    'target.refused',
    `nothing was sent to ${proxy}: ${why}`,
    'mend what the message names, then visit again',
  )

const isBusy = ({ type, proxy, server, sessions }: StatRow, servers: readonly string[]): boolean =>
  type === 'server' && sessions > 0 && servers.includes(`${proxy}/${server}`)

/** Not the failure of the look: a time-out there would read as a change whose outcome is not known, and is sent again. */
const stillThere = async (shut: Args, hands: Hands): Promise<Result<never>> => {
  const left = await sessionsOn(shut, hands)
  const seen = left.ok ? `${left.value} are still there` : `and how many are left is not seen`
  return fail(
    'target.rejected',
    `the sessions of ${shut.proxy} were shut, ${seen}`,
    'look at `show sess` there: a session that waits for a server is none of that server',
  )
}

/** What is left tells: none is as good as shut. */
const probe = async (shut: Args, _token: string, hands: Hands): Promise<Probe> => {
  const left = await sessionsOn(shut, hands)
  const where = `sessions in \`show stat\` of ${shut.proxy}`
  if (!left.ok) return { state: 'unknown', evidence: `${where} (${left.failure.message})` }
  const evidence = `${where}: ${left.value}`
  return left.value === 0
    ? { state: 'done', result: { sessions: 0 }, evidence }
    : { state: 'not-done', evidence }
}

/** There is nothing to take back: clients that were cut off have long connected elsewhere. The plan says so before. */
export const shutSessions = defineOp(args, {
  effect,
  probe,
  byHand: ({ servers, admin }) =>
    servers.map(server => bySocat(`shutdown sessions server ${server}`, admin)).join(' && '),
  undo: () => [],
})
