import * as z from 'zod'
import { duration } from '../../fleet/schema-values.js'
import { defineAction } from '../contract.js'
import { hasBrokenReference, textOrSecret } from '../secret-reference.js'

const url = z
  .string()
  .refine(text => /^https?:$/.test(parse(text)?.protocol ?? ''), 'must be an http:// or https:// address')
  .refine(
    text => !parse(text)?.username && !parse(text)?.password,
    'must have no user and password in it: it is shown; use a header with { secret: NAME }',
  )

const parse = (text: string): URL | undefined => (URL.canParse(text) ? new URL(text) : undefined)

const OURS = ['content-length', 'transfer-encoding', 'connection', 'host']

const header = z
  .string()
  .regex(/^[\w!#$%&'*+.^`|~-]+$/, 'must be the name of a header')
  .refine(name => !OURS.includes(name.toLowerCase()), 'cannot be set here: it follows from the request')

const LONGEST_MS = 300_000

const input = z.strictObject({
  method: z
    .enum(['POST', 'PUT', 'PATCH', 'DELETE'], {
      error: 'must be POST, PUT, PATCH or DELETE: this is for changes, and what only reads is a check',
    })
    .describe('What it does there'),
  url: url.describe('Where to; redirects are not followed'),
  headers: z
    .record(header, textOrSecret)
    .optional()
    .describe('Text, { secret: NAME }, or { prefix: "Bearer ", secret: NAME }'),
  body: z
    .json()
    .refine(body => !hasBrokenReference(body), 'has a `secret` that is no name of one')
    .optional()
    .describe('Text, or anything else as JSON; { secret: NAME } anywhere in it'),
  timeout: duration
    .refine(ms => ms <= LONGEST_MS, 'must be at most 5m')
    .prefault('10s')
    .describe('For the answer to begin'),
  expect_status: z
    .array(z.int().min(200).max(599))
    .min(1)
    .optional()
    .describe('Statuses that mean success; 200 to 299 unless given'),
})

const output = z.object({
  status: z.number(),
  body: z.string().describe('Its beginning, where it is longer than 64 KiB'),
})

export type Input = z.output<typeof input>

export const httpRequest = defineAction({
  name: 'http.request',
  summary: 'Sends one HTTP request that changes something',
  input,
  output,
  needs: [],
  irreversible: true,
  permissions: [],
  load: () => import('./behaviour.js'),
})
