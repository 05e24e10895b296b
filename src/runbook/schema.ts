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
const jump = {
  goto: text.optional().describe('Id of the step that follows; without `goto` and `end` it is the next one'),
  end: statedOutcome.optional().describe('Ends the incident, with this outcome'),
  run: notYet('run').optional(),
}

const oneWay = ({ goto, end }: { goto?: unknown; end?: unknown }): boolean =>
  goto === undefined || end === undefined
export const ONE_WAY = { error: 'leads to `goto` and to `end` at once; keep one of them', path: ['end'] }

const elsewhere = z.strictObject({ goto: text.describe('Id of the step that follows instead') })

const onFailure = z.union([z.enum(['ask', 'continue', 'undo', 'abort']), elsewhere])
const onInconclusive = z.union([z.enum(['ask', 'continue']), elsewhere])

const FAILED = 'Where it fails: ask the operator (default), continue, undo, abort, or { goto: id }'

const common = {
  id: text.describe('Name of the step: lower case letters, digits and _; `goto` and expressions use it'),
  title: plainText.optional().describe('What the operator reads above the step'),
  why: plainText.optional().describe('Why it is done, for whoever has not seen this runbook before'),
  when: expression.optional().describe('An expression; where it is false the step is skipped'),
  limit: z
    .strictObject({
      visits: z.int().min(1).describe('How often the step may be entered'),
      then: text.describe('Id of the step that follows instead of one more visit'),
    })
    .optional()
    .describe('At most so many visits; the next one goes elsewhere'),
  timeout: notYet('timeout').optional(),
}

const arguments_ = z
  .record(z.string(), z.unknown())
  .default({})
  .describe('What it is given; a value that is one ${{ expression }} keeps its type')

const verify = z
  .strictObject({
    again: text.describe('Id of the check step that is looked at again, with its own `with` and `expect`'),
    hold: duration.default(0).describe('How long it must stay true; once is enough unless given'),
    within: duration.describe('How long there is for that, before the action counts as failed'),
    every: pause.default(15_000).describe('Time between two looks; 15s unless given'),
  })
  .refine(({ hold, within }) => hold <= within, {
    error: 'must not be longer than `within`: it could never be held in time',
    path: ['hold'],
  })

const choice = z
  .strictObject({
    label: text.describe('What the operator reads; may have ${{ }} in it'),
    recommended: z.boolean().default(false).describe('What --auto takes; one choice at most'),
    reset: text.optional().describe('Id of a step with a `limit`: its visits are counted from zero again'),
    ...jump,
  })
  .refine(oneWay, ONE_WAY)

/** One schema per kind of step, with every key that it can have. */
const approve = z.enum(['operator', 'typed', 'peer']).refine(level => level !== 'peer', {
  message: notYetMessage('approve: peer'),
  params: { rule: NOT_YET },
})

export const STEP_SCHEMAS = {
  check: z.strictObject({
    ...common,
    check: text.describe('Looks at the fleet and changes nothing'),
    with: arguments_,
    expect: expression
      .optional()
      .describe('An expression over `result`; true means passed. Without it the check judges by itself'),
    retry: notYet('retry').optional(),
    on_failure: onFailure.default('ask').describe(FAILED),
    on_inconclusive: onInconclusive
      .default('ask')
      .describe('Where it cannot tell: ask the operator (default), continue, or { goto: id }'),
  }),
  action: z.strictObject({
    ...common,
    action: text.describe('Changes something, by a plan that is shown first'),
    with: arguments_,
    verify: verify.optional().describe('Did it help? A check step once more, after the action'),
    approve: approve
      .optional()
      .describe('Who must agree beyond what is asked anyway: operator, or typed for a name typed out'),
    on_failure: onFailure.default('ask').describe(FAILED),
  }),
  ask: z.strictObject({
    ...common,
    ask: text.describe('Puts a question to the operator; may have ${{ }} in it'),
    choices: z
      .record(text, choice)
      .refine(choices => Object.keys(choices).length > 0, 'must offer at least one choice')
      .describe('The answers, each by a short name'),
  }),
  manual: z.strictObject({
    ...common,
    manual: text.describe('Tells the operator what to do by hand; may have ${{ }} in it'),
    on_failure: onFailure.default('ask').describe(FAILED),
  }),
  branch: z.strictObject({
    ...common,
    branch: z
      .array(
        z
          .strictObject({
            if: expression.optional().describe('An expression; the last entry has none and is the default'),
            ...jump,
          })
          .refine(oneWay, ONE_WAY),
      )
      .min(1)
      .describe('Ways on: the first whose `if` is true is taken'),
  }),
  wait: z.strictObject({ ...common, wait: pause.describe('Lets time pass, such as 90s, 2m30s or 1h') }),
  goto: z.strictObject({ ...common, goto: text.describe('Id of the step that follows') }),
  end: z.strictObject({ ...common, end: statedOutcome.describe('Ends the incident, with this outcome') }),
} as const

export type RunKind = keyof typeof STEP_SCHEMAS

export const PHASE_SCHEMA = z.strictObject({
  phase: plainText.describe('A heading: the steps below it belong to this phase'),
})

export const INPUT_SCHEMA = z.strictObject({
  type: z.enum(Object.values(INPUT_TYPE)).describe('What it is; it decides how it is asked for and checked'),
  ask: plainText.optional().describe('The question to the operator where nobody gave it'),
  default: z.unknown().optional().describe('Its value where nobody gives one'),
  from_alert: text.optional().describe('Label of the alert that holds its value'),
  options: z.array(text).min(1).optional().describe('What can be chosen, for type choice'),
})

/** The file around the steps, which are read one by one. */
export const HEADER_SCHEMA = z.strictObject({
  runbook: z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/, 'must be lower case letters, digits and hyphens')
    .describe('Name of the runbook, as given to `firebreak run`'),
  title: plainText.describe('What has happened, in a few words'),
  severity: text.optional().describe('How bad it is, such as sev2'),
  owner: text.optional().describe('Who answers for this runbook'),
  triggers: z
    .array(z.record(z.string(), z.string()))
    .default([])
    .describe('Alerts that this runbook answers, by their labels'),
  inputs: z
    .record(z.string(), z.unknown())
    .default({})
    .describe('What must be known before the first step; `inputs.name` in expressions'),
  steps: z
    .array(z.unknown())
    .min(1, 'must have at least one step')
    .describe('What is done, in order; `goto` leads elsewhere'),
})
