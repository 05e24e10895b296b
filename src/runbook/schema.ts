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

/** Gives a schema its words, which an editor shows. Reading a runbook does without: each costs a copy of its schema. */
type Say = <S extends z.ZodType>(schema: S, words: string) => S

const statedOutcome = z.enum(['resolved', 'mitigated', 'unresolved'])

/** Where an entry leads. With neither key the next step follows. */
const jumpFor = (say: Say) => ({
  goto: say(text.optional(), 'Id of the step that follows; without `goto` and `end` it is the next one'),
  end: say(statedOutcome.optional(), 'Ends the incident, with this outcome'),
  run: notYet('run').optional(),
})

const oneWay = ({ goto, end }: { goto?: unknown; end?: unknown }): boolean =>
  goto === undefined || end === undefined
export const ONE_WAY = { error: 'leads to `goto` and to `end` at once; keep one of them', path: ['end'] }

const elsewhereFor = (say: Say) => z.strictObject({ goto: say(text, 'Id of the step that follows instead') })

const onFailureFor = (say: Say) =>
  say(
    z.union([z.enum(['ask', 'continue', 'undo', 'abort']), elsewhereFor(say)]).default('ask'),
    'Where it fails: ask the operator (default), continue, undo, abort, or { goto: id }',
  )

const onInconclusiveFor = (say: Say) =>
  say(
    z.union([z.enum(['ask', 'continue']), elsewhereFor(say)]).default('ask'),
    'Where it cannot tell: ask the operator (default), continue, or { goto: id }',
  )

const commonFor = (say: Say) => ({
  id: say(text, 'Name of the step: lower case letters, digits and _; `goto` and expressions use it'),
  title: say(plainText.optional(), 'What the operator reads above the step'),
  why: say(plainText.optional(), 'Why it is done, for whoever has not seen this runbook before'),
  when: say(expression.optional(), 'An expression; where it is false the step is skipped'),
  limit: say(
    z
      .strictObject({
        visits: say(z.int().min(1), 'How often the step may be entered'),
        then: say(text, 'Id of the step that follows instead of one more visit'),
      })
      .optional(),
    'At most so many visits; the next one goes elsewhere',
  ),
  timeout: notYet('timeout').optional(),
})

const argumentsFor = (say: Say) =>
  say(
    z.record(z.string(), z.unknown()).default({}),
    'What it is given; a value that is one ${{ expression }} keeps its type',
  )

const verifyFor = (say: Say) =>
  z
    .strictObject({
      again: say(text, 'Id of the check step that is looked at again, with its own `with` and `expect`'),
      hold: say(duration.default(0), 'How long it must stay true; once is enough unless given'),
      within: say(duration, 'How long there is for that, before the action counts as failed'),
      every: say(pause.default(15_000), 'Time between two looks; 15s unless given'),
    })
    .refine(({ hold, within }) => hold <= within, {
      error: 'must not be longer than `within`: it could never be held in time',
      path: ['hold'],
    })

const choiceFor = (say: Say) =>
  z
    .strictObject({
      label: say(text, 'What the operator reads; may have ${{ }} in it'),
      recommended: say(z.boolean().default(false), 'What --auto takes; one choice at most'),
      reset: say(text.optional(), 'Id of a step with a `limit`: its visits are counted from zero again'),
      ...jumpFor(say),
    })
    .refine(oneWay, ONE_WAY)

const approve = z.enum(['operator', 'typed', 'peer']).refine(level => level !== 'peer', {
  message: notYetMessage('approve: peer'),
  params: { rule: NOT_YET },
})

/** What several kinds of steps have in common; made once. */
const partsFor = (say: Say) => ({
  say,
  common: commonFor(say),
  given: argumentsFor(say),
  verify: verifyFor(say),
  choice: choiceFor(say),
  jump: jumpFor(say),
  onFailure: onFailureFor(say),
  onInconclusive: onInconclusiveFor(say),
})
type Parts = ReturnType<typeof partsFor>

const workingSteps = ({ say, common, given, verify, onFailure, onInconclusive }: Parts) => ({
  check: z.strictObject({
    ...common,
    check: say(text, 'Looks at the fleet and changes nothing'),
    with: given,
    expect: say(
      expression.optional(),
      'An expression over `result`; true means passed. Without it the check judges by itself',
    ),
    retry: notYet('retry').optional(),
    on_failure: onFailure,
    on_inconclusive: onInconclusive,
  }),
  action: z.strictObject({
    ...common,
    action: say(text, 'Changes something, by a plan that is shown first'),
    with: given,
    verify: say(verify.optional(), 'Did it help? A check step once more, after the action'),
    approve: say(
      approve.optional(),
      'Who must agree beyond what is asked anyway: operator, or typed for a name typed out',
    ),
    on_failure: onFailure,
  }),
})

const askingSteps = ({ say, common, choice, jump, onFailure }: Parts) => ({
  ask: z.strictObject({
    ...common,
    ask: say(text, 'Puts a question to the operator; may have ${{ }} in it'),
    choices: say(
      z
        .record(text, choice)
        .refine(choices => Object.keys(choices).length > 0, 'must offer at least one choice'),
      'The answers, each by a short name',
    ),
  }),
  manual: z.strictObject({
    ...common,
    manual: say(text, 'Tells the operator what to do by hand; may have ${{ }} in it'),
    on_failure: onFailure,
  }),
  branch: z.strictObject({
    ...common,
    branch: say(
      z
        .array(
          z
            .strictObject({
              if: say(expression.optional(), 'An expression; the last entry has none and is the default'),
              ...jump,
            })
            .refine(oneWay, ONE_WAY),
        )
        .min(1),
      'Ways on: the first whose `if` is true is taken',
    ),
  }),
})

const movingSteps = ({ say, common }: Parts) => ({
  wait: z.strictObject({ ...common, wait: say(pause, 'Lets time pass, such as 90s, 2m30s or 1h') }),
  goto: z.strictObject({ ...common, goto: say(text, 'Id of the step that follows') }),
  end: z.strictObject({ ...common, end: say(statedOutcome, 'Ends the incident, with this outcome') }),
})

const phaseFor = (say: Say) =>
  z.strictObject({
    phase: say(plainText, 'A heading: the steps below it belong to this phase'),
  })

const inputFor = (say: Say) =>
  z.strictObject({
    type: say(z.enum(Object.values(INPUT_TYPE)), 'What it is; it decides how it is asked for and checked'),
    ask: say(plainText.optional(), 'The question to the operator where nobody gave it'),
    default: say(z.unknown().optional(), 'Its value where nobody gives one'),
    from_alert: say(text.optional(), 'Label of the alert that holds its value'),
    options: say(z.array(text).min(1).optional(), 'What can be chosen, for type choice'),
  })

/** The file around the steps, which are read one by one. */
const headerFor = (say: Say) =>
  z.strictObject({
    runbook: say(
      z.string().regex(/^[a-z][a-z0-9-]*$/, 'must be lower case letters, digits and hyphens'),
      'Name of the runbook, as given to `firebreak run`',
    ),
    title: say(plainText, 'What has happened, in a few words'),
    severity: say(text.optional(), 'How bad it is, such as sev2'),
    owner: say(text.optional(), 'Who answers for this runbook'),
    triggers: say(
      z.array(z.record(z.string(), z.string())).default([]),
      'Alerts that this runbook answers, by their labels',
    ),
    inputs: say(
      z.record(z.string(), z.unknown()).default({}),
      'What must be known before the first step; `inputs.name` in expressions',
    ),
    steps: say(
      z.array(z.unknown()).min(1, 'must have at least one step'),
      'What is done, in order; `goto` leads elsewhere',
    ),
  })

/** One schema per kind of step, with every key that it can have. */
const stepsFor = (parts: Parts) => ({ ...workingSteps(parts), ...askingSteps(parts), ...movingSteps(parts) })

const schemasFor = (say: Say) => ({
  steps: stepsFor(partsFor(say)),
  phase: phaseFor(say),
  input: inputFor(say),
  header: headerFor(say),
})

/** The same schemas with words for every key: for editors and for reading. */
export const describedSchemas = () => schemasFor((schema, words) => schema.describe(words))

export const {
  steps: STEP_SCHEMAS,
  phase: PHASE_SCHEMA,
  input: INPUT_SCHEMA,
  header: HEADER_SCHEMA,
} = schemasFor(schema => schema)

export type RunKind = keyof typeof STEP_SCHEMAS
