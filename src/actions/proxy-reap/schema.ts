import * as z from 'zod'
import { duration } from '../../fleet/schema-values.js'
import { defineAction } from '../contract.js'

const input = z.strictObject({
  cluster: z.string().describe('Name of the cluster in the fleet file'),
  proxies: z
    .array(z.string())
    .min(1)
    .optional()
    .describe('Ids of parked proxies of that cluster; by default all that firebreak has parked'),
  older_than: duration.optional().describe('Only those that have been parked for longer than this'),
})

const output = z.object({ reaped: z.array(z.string()).describe('Ids of the proxies that were terminated') })

export type Input = z.output<typeof input>

export const proxyReap = defineAction({
  name: 'proxy.reap',
  summary: 'Terminates parked proxies; what parked them can then no longer be taken back',
  input,
  output,
  needs: ['ec2'],
  irreversible: true,
  permissions: ['ec2:DescribeAddresses', 'ec2:DescribeInstances', 'ec2:TerminateInstances'],
  load: () => import('./behaviour.js'),
})
