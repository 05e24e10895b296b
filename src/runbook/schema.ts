import * as z from 'zod'
import { INPUT_TYPE } from '../domain/runbook.js'
import { partsFor, runbookName, type Say } from './schema/parts.js'
import { stepsFor, waitsFor } from './schema/steps.js'
import { plainText, stepRow, text } from './schema-values.js'

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
    runbook: say(runbookName, 'Name of the runbook, as given to `firebreak run`'),
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
      z.array(stepRow).min(1, 'must have at least one step'),
      'What is done, in order; `goto` leads elsewhere',
    ),
  })

const schemasFor = (say: Say) => {
  const parts = partsFor(say)
  return {
    steps: stepsFor(parts),
    waits: waitsFor(parts),
    phase: phaseFor(say),
    input: inputFor(say),
    header: headerFor(say),
  }
}

/** The same schemas with words for every key: for editors and for reading. */
export const describedSchemas = () => schemasFor((schema, words) => schema.describe(words))

export const {
  steps: STEP_SCHEMAS,
  waits: WAIT_SCHEMAS,
  phase: PHASE_SCHEMA,
  input: INPUT_SCHEMA,
  header: HEADER_SCHEMA,
} = schemasFor(schema => schema)
