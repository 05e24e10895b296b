import * as z from 'zod'
import { duration } from '../../fleet/schema-values.js'
import { defineAction } from '../contract.js'

const NO_LIMIT = 'must be at least 1: HAProxy takes 0 for no limit at all; to stop a proxy use proxy.drain'

/** HAProxy keeps it in 32 bits. */
const limit = z
  .int()
  .min(1, NO_LIMIT)
  .max(2 ** 31 - 1)

const SHORTEST_MS = 5_000
const LONGEST_MS = 3_600_000

const raise = z
  .strictObject({
    to: z.array(limit).default([]).describe('The limits that follow, each above the one before'),
    every: duration
      .refine(ms => ms >= SHORTEST_MS && ms <= LONGEST_MS, 'must be from 5s to 1h')
      .describe('How long each limit holds before the next'),
    lift: z
      .boolean()
      .default(false)
      .describe(
        'Whether a last step takes the limit away, or puts back one from before that was higher; else the last one stays until undo',
      ),
  })
  .refine(({ to, lift }) => to.length > 0 || lift, 'must raise `to` something, or `lift` the limit')
  .refine(({ to }) => isRising(to), { message: 'must rise from one to the next', path: ['to'] })

const isRising = (limits: readonly number[]): boolean =>
  limits.every((limit, index) => index === 0 || limit > (limits[index - 1] ?? 0))

const input = z
  .strictObject({
    cluster: z.string().describe('Name of the cluster in the fleet file'),
    limit: limit.describe('New connections per second that each proxy accepts at most; those above it wait'),
    raise: raise.optional().describe('How the limit is raised again, by firebreak itself while it watches'),
    proxies: z
      .array(z.string())
      .min(1)
      .optional()
      .describe('Ids of the proxies; all of the cluster unless given'),
  })
  .refine(({ limit: first, raise: then }) => then === undefined || (then.to[0] ?? first + 1) > first, {
    message: 'must begin above `limit`',
    path: ['raise', 'to'],
  })

const output = z.object({
  limited: z
    .array(
      z.object({
        proxy: z.string(),
        was: z.number().describe('The limit before, in new connections per second; 0 is none'),
        limit: z.number().describe('The limit now; 0 is none'),
      }),
    )
    .describe('Each proxy whose limit was changed'),
})

export type Input = z.output<typeof input>

export const loadShed = defineAction({
  name: 'load.shed',
  summary: 'Caps the new connections per second of proxies, and raises the cap again in steps',
  input,
  output,
  needs: [],
  permissions: [],
  load: () => import('./behaviour.js'),
})
