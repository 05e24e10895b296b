import * as z from 'zod'
import { defineAction } from '../contract.js'

/** As HAProxy's own commands name a server; its names are the same in every backend only by custom. */
const server = z
  .string()
  .regex(/^[A-Za-z0-9_.:-]+\/[A-Za-z0-9_.:-]+$/, 'must be `backend/server`, as `show servers state` names them')

const weight = z.int().min(0).max(256)

const input = z.strictObject({
  cluster: z.string().describe('Name of the cluster in the fleet file'),
  weights: z
    .record(server, weight)
    .refine(weights => Object.keys(weights).length > 0, 'must name a server')
    .describe(
      'Each server that is to weigh something else, as `backend/server`: 0 to 256, by which new connections are shared out in its backend; 0 gets none',
    ),
  proxies: z
    .array(z.string())
    .min(1)
    .optional()
    .describe('Ids of the proxies on which; all of the cluster unless given'),
})

const output = z.object({
  rebalanced: z
    .array(
      z.object({
        proxy: z.string(),
        server: z.string().describe('backend/server'),
        was: z.number().describe('Its weight before'),
        weight: z.number(),
      }),
    )
    .describe('Each weight that was changed, proxy by proxy'),
})

export type Input = z.output<typeof input>

export const trafficRebalance = defineAction({
  name: 'traffic.rebalance',
  summary: 'Sets the weights of servers on every proxy of a cluster: how new connections are shared out',
  input,
  output,
  needs: [],
  permissions: [],
  load: () => import('./behaviour.js'),
})
