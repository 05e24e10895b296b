import * as z from 'zod'
import { expression, name, pause, plainText, stepRow, text } from '../schema-values.js'
import { callFor, type Parts, statedOutcome } from './parts.js'

/** One schema per kind of step, with every key that it can have. */
export const stepsFor = (parts: Parts) => ({
  ...workingSteps(parts),
  ...askingSteps(parts),
  ...movingSteps(parts),
  ...nestingSteps(parts),
})

const workingSteps = ({ say, common, given, verify, retry, approve, onFailure, onInconclusive }: Parts) => ({
  check: z.strictObject({
    ...common,
    check: say(text, 'Looks at the fleet and changes nothing'),
    with: given,
    expect: say(
      expression.optional(),
      'An expression over `result`; true means passed. Without it the check judges by itself',
    ),
    retry: say(retry.optional(), 'Where it has not passed it looks again, so many times more'),
    timeout: say(pause.optional(), 'A look that takes longer counts as one that could not tell'),
    on_failure: say(onFailure, UNDOES_NOTHING),
    on_inconclusive: onInconclusive,
  }),
  action: z.strictObject({
    ...common,
    action: say(text, 'Changes something, by a plan that is shown first'),
    with: given,
    verify: say(verify.optional(), 'Did it help? A check step once more, after the action'),
    timeout: say(pause.optional(), 'So long after it began, nothing more of it is begun'),
    approve: say(
      approve.optional(),
      'Who must agree beyond what is asked anyway: operator, or typed for a name typed out',
    ),
    on_failure: onFailure,
  }),
})

/** Of a step that changes nothing by itself. */
const UNDOES_NOTHING = 'Where it fails: ask the operator (default), continue, abort, or { goto: id }'

const askingSteps = ({ say, common, choice, arm, onFailure }: Parts) => ({
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
    on_failure: say(onFailure, UNDOES_NOTHING),
  }),
  branch: z.strictObject({
    ...common,
    branch: say(z.array(arm).min(1), 'Ways on: the first whose `if` is true is taken'),
  }),
  notify: z.strictObject({
    ...common,
    notify: say(text, 'Tells people something, on the screen and in the record; may have ${{ }} in it'),
    to: say(plainText.optional(), 'Whom it is for, in the words of the team'),
  }),
})

const movingSteps = ({ say, common, until, onFailure }: Parts) => ({
  wait: z.strictObject({
    ...common,
    wait: say(
      z.union([pause, until]),
      'Lets time pass, such as 90s, 2m30s or 1h; or waits until something is true',
    ),
    on_failure: say(
      onFailure,
      'Only with `until`. Where it is not true in time: ask the operator (default), continue, abort, or { goto: id }',
    ),
  }),
  goto: z.strictObject({ ...common, goto: say(text, 'Id of the step that follows') }),
  end: z.strictObject({ ...common, end: say(statedOutcome, 'Ends the incident, with this outcome') }),
})

const nestingSteps = ({ say, common, onFailure }: Parts) => {
  const timeout = say(
    pause.optional(),
    'So long after it was entered nothing more is begun inside it, and it has failed',
  )
  return {
    parallel: z.strictObject({
      ...common,
      parallel: say(
        z
          .record(text, z.array(stepRow).min(1, 'must have at least one step'))
          .refine(branches => Object.keys(branches).length > 1, 'must have at least two branches'),
        'Steps that go on side by side: a list of steps for each branch, by its name; at least 2 branches',
      ),
      timeout,
      on_failure: onFailure,
    }),
    each: z.strictObject({
      ...common,
      each: say(
        z.union([text, z.array(z.unknown())]),
        'The same steps for every item of a list, which is one ${{ expression }}',
      ),
      as: say(name.default('item'), 'What an item is called in the expressions inside; `item` unless given'),
      max_parallel: say(z.int().min(1).default(1), 'How many items are worked on at the same time'),
      steps: say(
        z.array(stepRow).min(1, 'must have at least one step'),
        'What is done for each item; `goto` stays inside',
      ),
      timeout,
      on_failure: onFailure,
    }),
    run: z.strictObject({ ...common, ...callFor(say), timeout, on_failure: onFailure }),
  }
}

/** The two forms of `wait`, each by itself: what is written says which of them is meant. */
export const waitsFor = ({ common, until, onFailure }: Parts) => ({
  pause: z.strictObject({ ...common, wait: pause }),
  until: z.strictObject({ ...common, wait: until, on_failure: onFailure }),
})
