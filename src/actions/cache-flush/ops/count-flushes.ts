import * as z from 'zod'
import { ok } from '../../../domain/result.js'
import { defineOp } from '../../contract.js'
import { countedBy } from '../counted.js'

const args = z.object({ shard: z.string(), url: z.string(), process: z.string() })

/** How often it was flushed so far: what the flush that follows is measured by. */
export const countFlushes = defineOp(args, {
  effect: async ({ shard, url, process }, _token, { providers }) => {
    const seen = await countedBy(providers.memcached(url), { shard, process })
    return seen.ok ? ok({ flushes: seen.value, told: `${seen.value} so far` }) : seen
  },
  probe: async () => ({ state: 'not-done', evidence: 'a look; it is made again' }),
  undo: 'nothing',
})
