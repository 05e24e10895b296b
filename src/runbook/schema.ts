import * as z from 'zod'
import { INPUT_TYPE } from '../domain/runbook.js'
import {
  duration,
  expression,
  NOT_YET,
  notYet,
  notYetMessage,
  pause,
  plainText,
  text,
} from './schema-values.js'

const statedOutcome = z.enum(['resolved', 'mitigated', 'unresolved'])

/** Where an entry leads. With neither key the next step follows. */
const jump = { goto: text.optional(), end: statedOutcome.optional(), run: notYet('run').optional() }

const oneWay = ({ goto, end }: { goto?: unknown; end?: unknown }): boolean =>
  goto === undefined || end === undefined
const ONE_WAY = { error: 'leads to `goto` and to `end` at once; keep one of them', path: ['end'] }

const onFailure = z.union([z.enum(['ask', 'continue', 'undo', 'abort']), z.strictObject({ goto: text })])
const onInconclusive = z.union([z.enum(['ask', 'continue']), z.strictObject({ goto: text })])

const common = {
  id: text,
  title: plainText.optional(),
  why: plainText.optional(),
  when: expression.optional(),
  limit: z.strictObject({ visits: z.int().min(1), then: text }).optional(),
  timeout: notYet('timeout').optional(),
}

const arguments_ = z.record(z.string(), z.unknown()).default({})

const verify = z
  .strictObject({
    again: text,
    hold: duration.default(0),
    within: duration,
    every: pause.default(15_000),
  })
  .refine(({ hold, within }) => hold <= within, {
    error: 'must not be longer than `within`: it could never be held in time',
    path: ['hold'],
  })

const choice = z
  .strictObject({ label: text, recommended: z.boolean().default(false), reset: text.optional(), ...jump })
  .refine(oneWay, ONE_WAY)

/** One schema per kind of step, with every key that it can have. */
const approve = z.enum(['operator', 'typed', 'peer']).refine(level => level !== 'peer', {
  message: notYetMessage('approve: peer'),
  params: { rule: NOT_YET },
})

export const STEP_SCHEMAS = {
  check: z.strictObject({
    ...common,
    check: text,
    with: arguments_,
    expect: expression.optional(),
    retry: notYet('retry').optional(),
    on_failure: onFailure.default('ask'),
    on_inconclusive: onInconclusive.default('ask'),
  }),
  action: z.strictObject({
    ...common,
    action: text,
    with: arguments_,
    verify: verify.optional(),
    approve: approve.optional(),
    on_failure: onFailure.default('ask'),
  }),
  ask: z.strictObject({
    ...common,
    ask: text,
    choices: z
      .record(text, choice)
      .refine(choices => Object.keys(choices).length > 0, 'must offer at least one choice'),
  }),
  manual: z.strictObject({ ...common, manual: text, on_failure: onFailure.default('ask') }),
  branch: z.strictObject({
    ...common,
    branch: z.array(z.strictObject({ if: expression.optional(), ...jump }).refine(oneWay, ONE_WAY)).min(1),
  }),
  wait: z.strictObject({ ...common, wait: pause }),
  goto: z.strictObject({ ...common, goto: text }),
  end: z.strictObject({ ...common, end: statedOutcome }),
} as const

export type RunKind = keyof typeof STEP_SCHEMAS

export const PHASE_SCHEMA = z.strictObject({ phase: plainText })

export const INPUT_SCHEMA = z.strictObject({
  type: z.enum(Object.values(INPUT_TYPE)),
  ask: plainText.optional(),
  default: z.unknown().optional(),
  from_alert: text.optional(),
  options: z.array(text).min(1).optional(),
})

/** The file around the steps, which are read one by one. */
export const HEADER_SCHEMA = z.strictObject({
  runbook: z.string().regex(/^[a-z][a-z0-9-]*$/, 'must be lower case letters, digits and hyphens'),
  title: plainText,
  severity: text.optional(),
  owner: text.optional(),
  triggers: z.array(z.record(z.string(), z.string())).default([]),
  inputs: z.record(z.string(), z.unknown()).default({}),
  steps: z.array(z.unknown()).min(1, 'must have at least one step'),
})
