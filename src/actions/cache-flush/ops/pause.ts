import * as z from 'zod'
import { formatDuration } from '../../../domain/duration.js'
import { ok } from '../../../domain/result.js'
import { defineOp } from '../../contract.js'

/** Time for what is behind the cache. One that was cut short is begun anew: to wait longer harms nobody. */
export const pause = defineOp(z.object({ ms: z.number() }), {
  effect: async ({ ms }, _token, { clock }) => {
    await clock.sleep(ms)
    return ok({ ms, told: formatDuration(ms) })
  },
  probe: async () => ({ state: 'not-done', evidence: 'a wait; it is begun again' }),
  undo: 'nothing',
})
