import * as z from 'zod'
import { answersShape } from '../runtime/answers.js'

const OUTCOMES = ['resolved', 'mitigated', 'unresolved', 'aborted', 'paused'] as const
const STEP_OUTCOMES = [
  'passed',
  'failed',
  'inconclusive',
  'applied',
  'unchanged',
  'declined',
  'refused',
  'undone',
  'would-change',
  'answered',
  'done',
  'skipped',
  'visited',
  'not-visited',
] as const

const bound = z.union([
  z.number(),
  z.null(),
  z.strictObject({ min: z.number().optional(), max: z.number().optional() }),
])

/** How a case must come out; what is not named may come out either way. */
export const EXPECTATION = z.strictObject({
  outcome: z
    .enum(OUTCOMES)
    .optional()
    .describe('How the incident ends; `paused` where it stops at a question that nothing answers'),
  steps: z
    .record(z.string(), z.enum(STEP_OUTCOMES))
    .default({})
    .describe(
      'By id, steps inside others too: how the latest visit came out; `visited` is any visit, `would-change` one whose effect a drill holds back',
    ),
  score: z
    .record(z.string(), bound)
    .default({})
    .describe('By name of a measure: its value, `{ min, max }`, or null where it never came'),
})

/** One drill. */
export const CASE = z.strictObject({
  name: z.string().min(1).describe('What it shows, as a sentence; no other case of the file has it'),
  scenario: z.string().min(1).describe('What it is played in: the name of a scenario'),
  seed: z.int().min(1).describe('Which machine, when and how strongly: the same seed gives the same drill'),
  inputs: answersShape.inputs.describe('Inputs of the runbook, in the place of those of the scenario'),
  answers: answersShape.answers.describe(
    'By id of an `ask` or a `manual`: the choice (of a `manual`: `done` or `cannot`), or one for each visit; what is not named is answered as recommended',
  ),
  gates: answersShape.gates.describe(
    'By id of an action: `decline`, or `{ override: REASON }` where a guardrail refuses',
  ),
  decisions: answersShape.decisions.describe(
    'By id of a step that can fail: how to go on where it failed, could not tell or went over the failure budget, or one for each time',
  ),
  expect: EXPECTATION.describe('How it must come out'),
})

export const FILE = z.strictObject({
  runbook: z.string().min(1).describe('Name of the runbook whose tests these are'),
  cases: z.array(CASE).min(1).describe('Each is played as a drill of its own'),
})
