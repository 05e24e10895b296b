import type { Rules } from './rule.js'

/** Expressions, and the arguments that they stand in. */
export const EXPRESSION_RULES = {
  'with-unknown-key': {
    severity: 'error',
    summary: 'The check or action takes no such argument',
    why: 'An argument that is not known would have no effect. A misspelt limit is then no limit.',
    bad: `- id: look
  check: proxy.connections
  with: { clutser: us-east-c1, cluster: us-east-c1 }`,
    good: `- id: look
  check: proxy.connections
  with: { cluster: us-east-c1 }`,
  },
  'with-missing-key': {
    severity: 'error',
    summary: 'An argument that is needed is missing',
    why: 'The check or action cannot run without it. It would stop in the middle of the incident and ask for it.',
    bad: `- id: look
  check: proxy.connections`,
    good: `- id: look
  check: proxy.connections
  with: { cluster: us-east-c1 }`,
  },
  'with-type': {
    severity: 'error',
    summary: 'An argument is of another type, or out of range',
    why: 'The value, or what its expression gives, is not what the check or action takes. An expression with text around it gives text; alone it keeps its type.',
    bad: `- id: out
  action: proxy.drain
  with: { proxies: p1 }`,
    good: `- id: out
  action: proxy.drain
  with: { proxies: [p1] }`,
  },
  'template-syntax': {
    severity: 'error',
    summary: 'A `${{` is not closed, or has nothing in it',
    why: 'The text would be shown or passed on with the braces in it. An operator, or a machine, would read what nobody meant.',
    bad: `- id: page
  manual: Look at \${{ inputs.cluster }`,
    good: `- id: page
  manual: Look at \${{ inputs.cluster }}`,
  },
  'expression-syntax': {
    severity: 'error',
    summary: 'This is no expression',
    why: 'Expressions are CEL. In `if`, `when` and `expect` they stand bare; elsewhere in `${{ }}`.',
    bad: `- id: page
  manual: Page
  when: inputs.count >`,
    good: `- id: page
  manual: Page
  when: inputs.count > 1`,
  },
  'expression-type': {
    severity: 'error',
    summary: 'The types in an expression do not fit together',
    why: 'A condition must be true or false, and an operator needs two sides that it works on. Nothing is converted in silence: "10" is smaller than "9" as text.',
    bad: `- id: page
  manual: Page
  when: inputs.cluster > 5`,
    good: `- id: page
  manual: Page
  when: inputs.count > 5`,
  },
  'expression-unknown-name': {
    severity: 'error',
    summary: 'An expression uses a name that is not known there',
    why: 'Expressions know `inputs`, `steps`, `posture`, `impact`, `elapsed`, `incident` and `mode`, and `result` in the `expect` of a check. A word without quotes is a name.',
    bad: `- id: page
  manual: Page
  when: inputs.cluster == us_east`,
    good: `- id: page
  manual: Page
  when: inputs.cluster == "us_east"`,
  },
  'expression-unknown-field': {
    severity: 'error',
    summary: 'There is no such input, step with an output, or field',
    why: 'What checks and actions give back is known before they run. A field that never exists would stop the runbook where it is first asked for.',
    bad: `- id: page
  manual: Page for \${{ inputs.clutser }}`,
    good: `- id: page
  manual: Page for \${{ inputs.cluster }}`,
  },
  'expression-unknown-step': {
    severity: 'error',
    summary: '`visits` or `outcome` asks for a step that is not there',
    why: 'The id stands in quotes, so nothing else would notice. A step that does not exist was visited zero times, and the condition is quietly false.',
    bad: `- id: page
  manual: Page
  when: visits("pge") > 1`,
    good: `- id: page
  manual: Page
  when: visits("page") > 1`,
  },
  'expression-unknown-word': {
    severity: 'error',
    summary: 'A value is compared with a word that it can never be',
    why: 'Outcomes, the posture and the mode are words of a short list. A misspelt one is equal to nothing, so the way that it guards is never taken, or always.',
    bad: `- id: page
  manual: Page
  when: posture == "agressive"`,
    good: `- id: page
  manual: Page
  when: posture == "aggressive"`,
  },
  'expression-call': {
    severity: 'error',
    summary: 'There is no such function, or it takes something else',
    why: 'CEL has few functions, and each takes certain types. It would fail at the moment that the value is needed.',
    bad: `- id: page
  manual: Page
  when: length(inputs.cluster) > 1`,
    good: `- id: page
  manual: Page
  when: size(inputs.cluster) > 1`,
  },
  'expression-division': {
    severity: 'error',
    summary: 'A division of whole numbers loses its fraction',
    why: 'CEL cuts it off: 3 / 4 is 0. A share that is always 0 looks like a fleet where all is well.',
    bad: `- id: page
  manual: Page
  when: size(inputs.cluster) / 4 > 0.5`,
    good: `- id: page
  manual: Page
  when: double(size(inputs.cluster)) / 4.0 > 0.5`,
  },
  'expression-duration': {
    severity: 'error',
    summary: 'The text in `duration("…")` is none',
    why: 'A duration is a number with a unit, such as 90s or 1h30m. It is read only when the expression is evaluated, and would fail there.',
    bad: `- id: page
  manual: Page
  when: elapsed > duration("5 minutes")`,
    good: `- id: page
  manual: Page
  when: elapsed > duration("5m")`,
  },
  'expression-too-large': {
    severity: 'error',
    summary: 'An expression is too long or too deep',
    why: 'Nobody can read it in an incident, and it could take long to evaluate. Two steps can each look at a part.',
    bad: 'an expression of more than 2,000 characters',
    good: 'two steps, the second of which looks at the first one',
  },
} as const satisfies Rules
