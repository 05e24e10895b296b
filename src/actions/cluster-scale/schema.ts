import * as z from 'zod'
import type { JsonObject } from '../../domain/json.js'
import { duration } from '../../fleet/schema-values.js'
import { defineAction } from '../contract.js'

const LONGEST_MS = 3_600_000

const input = z
  .strictObject({
    cluster: z.string().describe('Name of the cluster in the fleet file'),
    to: z.int().min(0).optional().describe('How many proxies it has in the end; this or `by`'),
    by: z
      .int()
      .refine(number => number !== 0, 'must be how many more, or with a minus how many fewer')
      .optional()
      .describe(
        'How many proxies more, or with a minus how many fewer, than there are when the plan is made; this or `to`, which stays right where the step is visited again',
      ),
    proxies: z
      .array(z.string())
      .min(1)
      .optional()
      .describe(
        'Ids of those to take away, exactly as many as there are to be fewer; by default those that firebreak launched, oldest first, and never others',
      ),
    deadline: duration
      .refine(ms => ms <= LONGEST_MS, 'must be at most 1h')
      .optional()
      .describe(
        'How long live sessions may stay on a proxy that is taken away before they are shut; 60s unless given, 20s in aggressive posture',
      ),
    avoid_zones: z
      .array(z.string())
      .optional()
      .describe('Zones in which nothing is launched, by name (us-east-1a) or by id (use1-az4)'),
  })
  .refine(({ to, by }) => (to === undefined) !== (by === undefined), 'must have one of `to` and `by`')

const output = z.object({
  launched: z.array(z.string()).describe('Ids of the new proxies, which serve'),
  parked: z.array(z.string()).describe('Ids of those that were taken away: out of service, kept running'),
})

export type Input = z.output<typeof input>

export const clusterScale = defineAction({
  name: 'cluster.scale',
  summary:
    'Launches more proxies for a cluster, or takes some away: these are drained and parked, not terminated',
  input,
  output,
  needs: ['ec2'],
  refusedBy: (written, { maxUnavailableProxies }) => {
    const fewer = fewerIn(written)
    const most = Math.max(...Object.values(maxUnavailableProxies))
    if (fewer === undefined || fewer <= most) return undefined
    return {
      key: 'by',
      message: `it would take ${fewer} proxies out of service at once, and the fleet file's max_unavailable_proxies is at most ${most}`,
      next: 'take them away in several steps',
    }
  },
  permissions: [
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

const fewerIn = ({ by }: JsonObject): number | undefined => (typeof by === 'number' && by < 0 ? -by : undefined)
