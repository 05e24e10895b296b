import * as z from 'zod'
import type { JsonObject } from '../../domain/json.js'
import type { Guardrails } from '../../fleet/fleet.js'
import { duration } from '../../fleet/schema-values.js'
import { defineAction, type Refusal } from '../contract.js'

/** Longer ones are a matter for the runbook, which can look again in between. */
const LONGEST_MS = 600_000

const input = z.strictObject({
  cluster: z.string().describe('Name of the cluster in the fleet file'),
  shards: z
    .union([z.literal('all'), z.array(z.string()).min(1)])
    .describe('Ids of the shards, flushed in this order; or `all`'),
  stagger: duration
    .refine(ms => ms <= LONGEST_MS, 'must be at most 10m')
    .prefault('10s')
    .describe('From one shard to the next, so that what is behind the cache is not asked for all at once'),
})

const output = z.object({
  flushed: z.array(z.string()).describe('Ids of the shards, in the order in which they were flushed'),
})

export type Input = z.output<typeof input>

/** What no posture lets pass, as far as it can be told without a look: how much a shard holds is seen by the plan. */
const refusedBy = ({ shards }: JsonObject, { flush }: Guardrails): Refusal | undefined => {
  const key = 'shards'
  if (!flush)
    return {
      key,
      message: 'the fleet file has no guardrails.flush, and without it every flush is refused',
      next: 'add it to the fleet file, as `flush: { max_fraction: 0.25, per: 10m }`',
    }
  const most = Math.max(...Object.values(flush.maxFraction))
  if (most > 0 && (shards !== 'all' || most >= 1)) return undefined
  return {
    key,
    message: `it would flush ${shards === 'all' ? 'the whole cluster' : 'some of the cluster'}, and the fleet file's flush.max_fraction is at most ${most}`,
    next: 'name fewer shards, in several steps or by an `each` over them; or raise it in the fleet file',
  }
}

export const cacheFlush = defineAction({
  name: 'cache.flush',
  summary: 'Flushes shards one after the other: all that is stored there is gone, and is asked for anew',
  input,
  output,
  needs: [],
  irreversible: true,
  refusedBy,
  permissions: [],
  load: () => import('./behaviour.js'),
})
