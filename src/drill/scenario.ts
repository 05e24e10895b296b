import * as z from 'zod'
import { parseDuration } from '../domain/duration.js'

const whole = (from: number, to: number) => z.int().min(from).max(to)
const name = z.string().min(1)

/** `90s`, or `-4m` for before the alert. Milliseconds. */
const offset = z.string().transform((text, context) => {
  const ms = parseDuration(text.replace(/^-/, ''))
  if (ms !== undefined) return text.startsWith('-') ? -ms : ms
  context.addIssue({ code: 'custom', message: 'must be a duration, such as 45s, 2m30s or -4m' })
  return z.NEVER
})

const range = (of: z.ZodType<number>) =>
  z.strictObject({ from: of, to: of }).refine(({ from, to }) => from <= to, {
    message: 'must not be more than `to`',
    path: ['from'],
  })

const duration = offset.refine(ms => ms > 0, { message: 'must be longer than nothing' })

/** Sticks to the machine: whoever serves from it is hot. Which ones, the seed chooses. */
const hotHost = z.strictObject({
  kind: z.literal('hot-host'),
  cluster: name,
  role: z.literal('proxy'),
  /** One where it is not said. */
  proxies: whole(1, 200).optional(),
  begins: range(offset),
  factor: range(z.number().min(1).max(1_000)),
  ramp: range(duration),
})

/** HAProxy cannot pause that listener, and says so. Which proxies, the seed chooses. */
const stuckFrontend = z.strictObject({
  kind: z.literal('stuck-frontend'),
  cluster: name,
  role: z.literal('proxy'),
  frontend: name,
  proxies: whole(1, 200),
})

const fault = z.discriminatedUnion('kind', [hotHost, stuckFrontend], {
  error: 'must be hot-host or stuck-frontend',
})

const scenarioCluster = z
  .strictObject({
    proxies: whole(1, 200),
    shards: whole(0, 200),
    connections: whole(1, 1_000_000),
    limit: whole(1, 10_000_000),
  })
  .refine(({ connections, limit }) => connections <= limit, {
    message: 'must not be below the calm `connections`',
    path: ['limit'],
  })

const answer = z.union([z.string(), z.array(z.string())])

/** A scenario as written: a fleet on a calm day, and what goes wrong with it when. */
export const scenarioSchema = z
  .strictObject({
    scenario: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'must be lower case letters, digits and hyphens'),
    title: name,
    /** What `--auto` runs, with which inputs and answers; an answer it does not name is the recommended one. */
    runbook: name,
    inputs: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
    answers: z.record(z.string(), answer).default({}),
    clusters: z.record(name, scenarioCluster),
    faults: z.array(fault),
  })
  .superRefine(({ clusters, faults }, context) => {
    for (const [index, fault] of faults.entries()) {
      if (Object.hasOwn(clusters, fault.cluster)) continue
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
