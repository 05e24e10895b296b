import * as z from 'zod'
import { duration } from '../../fleet/schema-values.js'
import { defineCheck } from '../contract.js'

const LONGEST_MS = 300_000

const input = z.strictObject({
  cluster: z.string().describe('Name of the cluster in the fleet file'),
  over: duration
    .refine(ms => ms <= LONGEST_MS, 'must be at most 5m')
    .prefault('5s')
    .describe('Between the two looks at each shard: hit ratio and evictions are those of that time'),
})

const shard = z.object({
  id: z.string().describe('Instance id, or the static id'),
  items: z.number().describe('Items that it holds'),
  bytes: z.number().describe('Bytes of them'),
  hit_ratio: z
    .number()
    .optional()
    .describe('Hits as a share of gets, 0 to 1; absent where it was asked too little to say'),
  evictions: z.number().describe('Items thrown out to make room'),
  connections: z.number().describe('Open now'),
  max_connections: z.number().describe('As many as it takes'),
  uptime: z.number().describe('Seconds since it started'),
})

const because = z.array(z.object({ id: z.string(), because: z.string() }))

const output = z.object({
  shards: z.array(shard).describe('Every shard that answered both times'),
  cold: because.describe(
    'Empty, started less than 10 minutes ago, or missing much more than it did since it started',
  ),
  full: because.describe('Takes no connections, turned some away, or has nine tenths of them in use'),
  unseen: z
    .array(z.object({ id: z.string(), reason: z.string() }))
    .describe('Shards that did not answer; never counted as fine'),
  worst: z
    .array(z.string())
    .describe(
      'The one to look at first: an unseen one, else a full one, else a cold one; empty when all is well',
    ),
})

export type Input = z.output<typeof input>
export type Output = z.output<typeof output>

export const cacheShards = defineCheck({
  name: 'cache.shards',
  summary: 'Looks at every shard of a cluster: fails where one is cold, full or not seen',
  input,
  output,
  load: () => import('./run.js'),
})
