import * as z from 'zod'
import { defineCheck } from '../contract.js'

const input = z.strictObject({
  cluster: z.string().describe('Name of the cluster in the fleet file'),
  show: z.int().min(1).max(1_000).default(20).describe('How many addresses and networks are in the output'),
})

const holder = z.object({
  prefix: z.string().describe('An address (192.0.2.7/32) or a network (/24; /48 of IPv6)'),
  connections: z.number().describe('That it holds now, over all proxies that answered'),
  share: z.number().describe('Of all connections, 0 to 1'),
  addresses: z.number().describe('How many addresses of it hold any'),
  known: z.number().describe('How many of those were seen on a calm day'),
  names: z
    .array(z.string())
    .describe('Of customers, where the allowlist has it, a part of it, or it in one of its own'),
})

const output = z.object({
  total: z.number().describe('Connections of clients, over all proxies that answered'),
  rise: z
    .number()
    .describe('Above those of a calm day; above what is usual of so many clients, where none is known'),
  addresses: z.array(holder).describe('Most connections first'),
  networks: z.array(holder).describe('Most connections first'),
  suspects: z
    .array(z.string())
    .describe(
      'The fewest addresses, else networks, that hold nearly all of the rise; empty where no handful does',
    ),
  share: z
    .number()
    .describe('Of the rise, what the suspects hold, or the greatest ones where nobody is suspected; 0 to 1'),
  unseen: z
    .array(z.object({ id: z.string(), reason: z.string() }))
    .describe('Proxies that did not answer: whoever is connected there is not counted'),
})

export type Input = z.output<typeof input>
export type Output = z.output<typeof output>

export const clientsTop = defineCheck({
  name: 'clients.top',
  summary: 'Says whether a handful of clients or networks holds the rise in connections, and who they are',
  input,
  output,
  load: () => import('./run.js'),
})
