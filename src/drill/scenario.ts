import * as z from 'zod'
import { fault } from './scenario/faults.js'
import { name, whole } from './scenario/values.js'

const scenarioCluster = z
  .strictObject({
    proxies: whole(1, 200).describe('How many are in service'),
    shards: whole(0, 200).describe('How many memcached servers are behind them'),
    connections: whole(1, 1_000_000).describe('Of one proxy, on a calm day'),
    limit: whole(1, 10_000_000).describe('The maxconn of one proxy'),
  })
  .refine(({ connections, limit }) => connections <= limit, {
    message: 'must not be below the calm `connections`',
    path: ['limit'],
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
