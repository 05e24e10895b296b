import * as z from 'zod'
import { POSTURE } from '../../domain/mode.js'
import { duration, expression, NOT_YET, notYetMessage, pause, plainText, text } from '../schema-values.js'

/** Gives a schema its words, which an editor shows. Reading a runbook does without: each costs a copy of its schema. */
export type Say = <S extends z.ZodType>(schema: S, words: string) => S

export const statedOutcome = z.enum(['resolved', 'mitigated', 'unresolved'])

/** Name of a runbook, which is also that of its file. */
export const runbookName = z
  .string()
  .regex(/^[a-z][a-z0-9-]*$/, 'must be lower case letters, digits and hyphens')

const callInputs = z.record(z.string(), z.unknown())

export const callFor = (say: Say) => ({
  run: say(runbookName, 'Name of another runbook, which is run from its first step to its end'),
  with: say(callInputs.default({}), 'Its inputs; a value that is one ${{ expression }} keeps its type'),
})

/** Where an entry leads. With none of the keys the next step follows. */
const jumpFor = (say: Say) => ({
  goto: say(text.optional(), 'Id of the step that follows; without `goto`, `end` and `run` it is the next one'),
  end: say(statedOutcome.optional(), 'Ends the incident, with this outcome'),
  run: say(runbookName.optional(), 'Hands over to another runbook, and does not come back'),
  with: say(callInputs.optional(), 'The inputs of the runbook that `run` names'),
})

type Jump = {
  readonly goto?: unknown
  readonly end?: unknown
  readonly run?: unknown
  readonly with?: unknown
}

/** Keys that lead somewhere, in the order in which they are written down here. */
export const WAYS = ['goto', 'end', 'run'] as const

export const ONE_WAY = 'leads to two places at once; keep one of `goto`, `end` and `run`'
export const ONLY_WITH_RUN = '`with` gives inputs to the runbook that `run` names, and there is no `run` here'

const oneWay = (jump: Jump, context: z.core.$RefinementCtx): void => {
  const [, second] = WAYS.filter(way => jump[way] !== undefined)
  if (second !== undefined) context.addIssue({ code: 'custom', message: ONE_WAY, path: [second] })
  if (jump.with !== undefined && jump.run === undefined)
    context.addIssue({ code: 'custom', message: ONLY_WITH_RUN, path: ['with'], params: { at: 'key' } })
}

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

const retryFor = (say: Say) =>
  z.strictObject({
    times: say(z.int().min(1).max(100), 'How many more looks there are, until one passes'),
    every: say(pause.default(10_000), 'Time between two looks; 10s unless given'),
  })

const untilFor = (say: Say) =>
  z.strictObject({
    until: say(expression, 'An expression; the step passes as soon as it is true'),
    again: say(
      text.optional(),
      'Id of a check step that is looked at before each evaluation; `result` is its output',
    ),
    every: say(pause.default(15_000), 'Time between two evaluations; 15s unless given'),
    within: say(duration, 'How long there is for that, before the step counts as failed'),
  })

const choiceFor = (say: Say) =>
  z
    .strictObject({
      label: say(text, 'What the operator reads; may have ${{ }} in it'),
      recommended: say(z.boolean().default(false), 'What --auto takes; one choice at most'),
      reset: say(text.optional(), 'Id of a step with a `limit`: its visits are counted from zero again'),
      posture: say(
        z.enum(POSTURE).optional(),
        'Raises the posture for an hour (aggressive), or ends it (conservative): which limits of the guardrails hold',
      ),
      ...jumpFor(say),
    })
    .superRefine(oneWay)

const armFor = (say: Say) =>
  z
    .strictObject({
      if: say(expression.optional(), 'An expression; the last entry has none and is the default'),
      ...jumpFor(say),
    })
    .superRefine(oneWay)

const approve = z.enum(['operator', 'typed', 'peer']).refine(level => level !== 'peer', {
  message: notYetMessage('approve: peer'),
  params: { rule: NOT_YET },
})

/** What several kinds of steps have in common; made once. */
export const partsFor = (say: Say) => ({
  say,
  approve,
  common: commonFor(say),
  given: argumentsFor(say),
  verify: verifyFor(say),
  retry: retryFor(say),
  until: untilFor(say),
  choice: choiceFor(say),
  arm: armFor(say),
  onFailure: onFailureFor(say),
  onInconclusive: onInconclusiveFor(say),
})
export type Parts = ReturnType<typeof partsFor>
