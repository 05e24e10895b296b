import * as z from 'zod'
import { defineAction } from '../contract.js'

const input = z.strictObject({
  proxies: z.array(z.string()).min(1).describe('Ids of the proxies to replace; one at a time in this version'),
})

const output = z.object({
  replaced: z
    .array(z.object({ old: z.string().describe('Parked'), new: z.string().describe('Serving in its place') }))
    .describe('Each old proxy with the new one'),
})

export type Input = z.output<typeof input>

export const proxyReplace = defineAction({
  name: 'proxy.replace',
  summary: 'Puts a new proxy in the place of one, and parks the old one: out of service, tagged, kept running',
  input,
  output,
  needs: ['ec2'],
  permissions: [
    'ec2:AssociateAddress',
    'ec2:CreateTags',
    'ec2:DeleteTags',
    'ec2:DescribeAddresses',
    'ec2:DescribeInstances',
    'ec2:RunInstances',
  ],
  load: () => import('./behaviour.js'),
})
