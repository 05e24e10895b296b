import * as z from 'zod'
import { address } from './scenario/addresses.js'
import { fault } from './scenario/faults.js'
import { name, whole } from './scenario/values.js'

const client = z.strictObject({
  address: address.describe('Where it comes from; an allowlist may have a name for it'),
  share: z
    .number()
    .gt(0)
    .describe('Of all sessions of the cluster on a calm day; above 0, and below 1 for all together'),
})

const scenarioCluster = z
  .strictObject({
    proxies: whole(1, 200).describe('How many are in service'),
    shards: whole(0, 200).describe('How many memcached servers are behind them'),
    connections: whole(1, 1_000_000).describe('Of one proxy, on a calm day'),
    limit: whole(1, 10_000_000).describe('The maxconn of one proxy'),
    clients: z
      .array(client)
      .max(100)
      .optional()
      .describe('Whose address is known; all others, the seed makes up'),
  })
  .refine(({ connections, limit }) => connections <= limit, {
    message: 'must not be below the calm `connections`',
    path: ['limit'],
  })
  .refine(({ clients = [] }) => clients.reduce((sum, { share }) => sum + share, 0) < 1, {
    message: 'must leave something to others: the shares add up to 1 or more',
    path: ['clients'],
  })
  .refine(({ clients = [] }) => new Set(clients.map(one => one.address)).size === clients.length, {
    message: 'must have each address once',
    path: ['clients'],
  })

const answer = z.union([z.string(), z.array(z.string())])

/** A scenario as written: a fleet on a calm day, and what goes wrong with it when. */
export const scenarioSchema = z
  .strictObject({
    scenario: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]*$/, 'must be lower case letters, digits and hyphens')
      .describe('Its name, and that of its file'),
    title: name.describe('What happens, as a sentence'),
    runbook: name.describe('What is played: the name of a runbook, or a path'),
    inputs: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
      .default({})
      .describe('Of that runbook'),
    answers: z
      .record(z.string(), answer)
      .default({})
      .describe('What `--auto` answers, by id of a step; what is not named is answered as recommended'),
    clusters: z
      .record(name, scenarioCluster)
      .describe('The fleet on a calm day; each is a cluster of the fleet file'),
    faults: z.array(fault).describe('What goes wrong with it, and when'),
  })
  .superRefine(({ clusters, faults }, context) => {
    for (const [index, fault] of faults.entries()) {
      if (!('cluster' in fault) || Object.hasOwn(clusters, fault.cluster)) continue
      context.addIssue({
        code: 'custom',
        message: `must be a cluster of this scenario: ${Object.keys(clusters).join(', ')}`,
        path: ['faults', index, 'cluster'],
      })
    }
  })

type Written = z.output<typeof scenarioSchema>

/** A scenario, loaded and checked. Durations in milliseconds. */
export type Scenario = Omit<Written, 'scenario'> & { readonly name: string; readonly file: string }
export type ScenarioCluster = Scenario['clusters'][string]

export const toScenario = ({ scenario, ...rest }: Written, file: string): Scenario => ({
  ...rest,
  name: scenario,
  file,
})
