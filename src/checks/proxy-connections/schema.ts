import * as z from 'zod'
import { defineCheck } from '../contract.js'

const seen = z.object({
  id: z.string().describe('Instance id, or the static id'),
  connections: z.number().describe('Client connections now, over all frontends'),
  limit: z.number().optional().describe('Connections that it would accept, where a limit is set'),
})

const input = z.strictObject({ cluster: z.string().describe('Name of the cluster in the fleet file') })

const output = z.object({
  proxies: z.array(seen).describe('Every proxy that answered'),
  hot: z
    .array(seen.extend({ because: z.string().describe('Which comparison it fails') }))
    .describe('Outliers among their peers, near their own limit, or far above the calm baseline'),
  unseen: z
    .array(z.object({ id: z.string(), reason: z.string() }))
    .describe('Proxies that did not answer; never counted as fine'),
  worst: z
    .array(z.string())
    .describe('The one to look at first: the hottest, else an unseen one; empty when all is well'),
  hot_share: z.number().describe('Hot proxies as a share of those that answered, 0 to 1'),
  median: z.number().describe('Median connections of the proxies that answered'),
  address: z
    .enum(['elastic-ip', 'target-group', 'none'])
    .describe(
      'What the fleet file says leads clients to a proxy; with `elastic-ip` none comes to an added one',
    ),
})

export type Input = z.output<typeof input>
export type Output = z.output<typeof output>

export const proxyConnections = defineCheck({
  name: 'proxy.connections',
  summary: 'Compares client connections across all proxies of a cluster',
  input,
  output,
  load: () => import('./run.js'),
})
