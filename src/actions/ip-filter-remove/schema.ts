import * as z from 'zod'
import { defineAction } from '../contract.js'

const input = z
  .strictObject({
    filters: z
      .array(z.string())
      .min(1)
      .optional()
      .describe('Names of filters, as `firebreak expire --list` shows them'),
    cluster: z.string().optional().describe('All that stand against clients of that cluster'),
  })
  .refine(({ filters, cluster }) => filters !== undefined || cluster !== undefined, {
    message: 'must name `filters`, or a `cluster`',
  })

const output = z.object({
  removed: z.array(z.string()).describe('Names of the filters that were taken away'),
  places: z.array(z.string()).describe('Where they stood'),
})

export type Input = z.output<typeof input>

export const ipFilterRemove = defineAction({
  name: 'ip-filter.remove',
  summary:
    'Takes filters away before their time is over; needs no lock, no allowlist and no look at who is connected',
  input,
  output,
  needs: [],
  permissions: ['ec2:DescribeNetworkAcls', 'ec2:DeleteNetworkAclEntry', 'ec2:DeleteTags'],
  load: () => import('./behaviour.js'),
})
