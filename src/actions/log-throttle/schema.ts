import * as z from 'zod'
import { defineAction } from '../contract.js'

const input = z.strictObject({
  cluster: z.string().describe('The cluster whose proxies and shards are to log less'),
})

const output = z.object({
  proxies: z.array(z.string()).describe('Those on which the fleet file’s `log.throttle` was run'),
  shards: z.array(z.string()).describe('Those whose `verbosity` was lowered to 0'),
})

export type Input = z.output<typeof input>

export const logThrottle = defineAction({
  name: 'log.throttle',
  summary:
    'Lowers what a cluster logs: on each proxy by the command `log.throttle` of the fleet file, over ssh; on shards by memcached’s `verbosity`',
  input,
  output,
  needs: [],
  permissions: [],
  load: () => import('./behaviour.js'),
})
