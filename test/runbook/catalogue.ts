import * as z from 'zod'
import type { Catalogue } from '../../src/runbook/catalogue.js'
import { type LoadedRunbook, parseRunbook } from '../../src/runbook/load.js'

const hot = z.strictObject({ id: z.string(), connections: z.number(), because: z.string() })

/** The words that the shipped runbook uses, and one action with every type of argument. */
export const catalogue: Catalogue = {
  checks: {
    'proxy.connections': {
      name: 'proxy.connections',
      summary: 'Connections of each proxy',
      input: z.strictObject({ cluster: z.string() }),
      output: z.strictObject({
        proxies: z.array(
          z.strictObject({ id: z.string(), connections: z.number(), limit: z.number().optional() }),
        ),
        hot: z.array(hot),
        unseen: z.array(z.strictObject({ id: z.string(), reason: z.string() })),
        worst: z.array(z.string()),
        hot_share: z.number(),
        median: z.number(),
      }),
    },
  },
  actions: {
    'proxy.replace': {
      name: 'proxy.replace',
      summary: 'Replaces proxies',
      input: z.strictObject({ proxies: z.array(z.string()).min(1) }),
      output: z.strictObject({ replaced: z.array(z.strictObject({ old: z.string(), new: z.string() })) }),
    },
    'load.shed': {
      name: 'load.shed',
      summary: 'Takes one argument of each type',
      input: z.strictObject({
        cluster: z.string(),
        rate: z.number().max(100).optional(),
        step: z.enum(['small', 'large']).default('small'),
        hard: z.boolean().optional(),
        weights: z.record(z.string(), z.number()).optional(),
        target: z.strictObject({ id: z.string(), connections: z.number().optional() }).optional(),
        hosts: z
          .array(z.strictObject({ id: z.string(), connections: z.number(), because: z.string() }))
          .optional(),
      }),
      output: z.strictObject({ shed: z.number() }),
    },
  },
}

const FILE = 'test.yaml'

/** Without the inputs that nothing uses: those around the steps below are there for whoever wants one. */
export const parse = (text: string): LoadedRunbook => {
  const loaded = parseWhole(text)
  return { ...loaded, diagnostics: loaded.diagnostics.filter(({ rule }) => rule !== 'unused-input') }
}

export const parseWhole = (text: string): LoadedRunbook => parseRunbook(text, FILE, catalogue)

/** A whole runbook around some steps, which begin at the left margin. */
export const runbookOf = (steps: string): string => `${HEAD}steps:\n${steps}\n${END}`

const HEAD = `runbook: test
title: Test
inputs:
  cluster: { type: cluster }
  count: { type: number, default: 3 }
  sure: { type: boolean, default: false }
  patience: { type: duration, default: 5m }
`

const END = `- id: over
  end: resolved
`

/** A check step with the id \`survey\`, and more keys below it. */
export const survey = (more = ''): string => `- id: survey
  check: proxy.connections
  with: { cluster: "\${{ inputs.cluster }}" }
${more}`
