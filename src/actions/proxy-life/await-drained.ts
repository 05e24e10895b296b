import * as z from 'zod'
import type { Json } from '../../domain/json.js'
import { ok, type Result } from '../../domain/result.js'
import { defineOp, type Hands } from '../contract.js'
import { sessionsOn } from './sessions.js'

const args = z.object({
  cluster: z.string(),
  proxy: z.string(),
  admin: z.string(),
  /** Milliseconds. */
  within: z.number(),
})

const EVERY_MS = 5_000
/** One that was not seen when the time was over is looked for this much longer: one lost packet is not its end. */
const GRACE_MS = 15_000

/**
 * How many sessions are left when all are gone or the time is over: that they stay is no failure, clients hold their
 * pools open. Null where it does not say; it may be gone itself.
 */
const effect = async (
  { within, ...held }: z.output<typeof args>,
  _token: string,
  hands: Hands,
): Promise<Result<Json>> => {
  const { clock } = hands
  const end = clock.now() + within
  for (;;) {
    const sessions = await sessionsOn(held, hands)
    const left = end - clock.now()
    if (sessions.ok && (sessions.value === 0 || left <= 0)) return ok(counted(sessions.value))
    if (left <= -GRACE_MS) return ok({ sessions: null, told: 'does not answer' })
    await clock.sleep(left > 0 ? Math.min(EVERY_MS, left) : EVERY_MS)
  }
}

const counted = (sessions: number) => ({
  sessions,
  told: sessions === 0 ? 'drained' : `${sessions} sessions left`,
})

export const awaitDrained = defineOp(args, {
  effect,
  probe: async () => ({ state: 'not-done', evidence: 'a look; it is made again' }),
  undo: 'nothing',
})
