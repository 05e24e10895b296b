import * as z from 'zod'
import { duration } from '../../fleet/schema-values.js'
import { defineAction } from '../contract.js'

const LONGEST_MS = 3_600_000

const input = z.strictObject({
  proxies: z
    .array(z.string())
    .min(1)
    .describe(
      'Ids of the proxies to replace, all of one cluster, first come first; one plan has as many as max_unavailable_proxies allows now, and the rest come in plans of their own',
    ),
  deadline: duration
    .refine(ms => ms <= LONGEST_MS, 'must be at most 1h')
    .optional()
    .describe(
      'How long live sessions may stay on a proxy that accepts no more before they are shut, where clients do not come by elastic IP; 60s unless given, 20s in aggressive posture',
    ),
  avoid_zones: z
    .array(z.string())
    .optional()
    .describe('Zones in which nothing is launched, by name (us-east-1a) or by id (use1-az4)'),
})

const output = z.object({
  replaced: z
    .array(z.object({ old: z.string().describe('Parked'), new: z.string().describe('Serving in its place') }))
    .describe('Each old proxy with the new one'),
  dropped: z
    .array(z.string())
    .describe('Those that were hot when the plan was made, and had cooled before it was their turn'),
})

export type Input = z.output<typeof input>

export const proxyReplace = defineAction({
  name: 'proxy.replace',
  summary:
    'Puts new proxies in the place of old ones, one after the other, and parks the old ones: out of service, tagged, kept running',
  input,
  output,
  needs: ['ec2'],
  permissions: [
    'ec2:AssociateAddress',
    'ec2:CreateTags',
    'ec2:DeleteTags',
    'ec2:DescribeAddresses',
    'ec2:DescribeInstances',
    'ec2:DescribeNetworkAcls',
    'ec2:DescribeSubnets',
    'ec2:RunInstances',
  ],
  load: () => import('./behaviour.js'),
})
