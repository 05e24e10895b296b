/** What a test file can have wrong beside its shape; the same that is known of the rules of runbooks. */
export const TEST_RULES = {
  'test-same-name': {
    severity: 'error',
    summary: 'Two cases of a test file have the same name',
    why: 'What failed is told by its name alone.',
    bad: `cases:
  - name: a hot proxy is replaced
    scenario: one-hot-proxy
    seed: 3
    expect: { outcome: resolved }
  - name: a hot proxy is replaced
    scenario: one-hot-proxy
    seed: 4
    expect: { outcome: resolved }`,
    good: `cases:
  - name: a hot proxy is replaced
    scenario: one-hot-proxy
    seed: 3
    expect: { outcome: resolved }
  - name: another hot proxy is replaced
    scenario: one-hot-proxy
    seed: 4
    expect: { outcome: resolved }`,
  },
  'test-unknown-name': {
    severity: 'error',
    summary:
      'A test file names a runbook, scenario, input, step, choice, decision or measure that there is not',
    why: 'Such a test proves nothing: what it asks about never comes.',
    bad: 'expect: { steps: { replac: applied } }',
    good: 'expect: { steps: { replace: applied } }',
  },
  'test-misplaced-answer': {
    severity: 'error',
    summary: 'A test file answers a step that asks nothing of that kind',
    why: '`answers` are for `ask` and `manual`, `gates` for actions, `decisions` for what can fail. Anywhere else they are never asked for.',
    bad: 'answers: { survey: yes }',
    good: 'answers: { calm: yes }',
  },
  'test-expects-nothing': {
    severity: 'error',
    summary: 'A case of a test file expects nothing',
    why: 'It passes whatever comes out, and counts as covered what nobody looked at.',
    bad: 'expect: { steps: {} }',
    good: 'expect: { outcome: resolved }',
  },
  'test-impossible-outcome': {
    severity: 'error',
    summary: 'A test file expects an outcome that a step of that kind never has',
    why: 'Such a case can never pass: a check passes or fails, an action is applied, an `ask` is answered.',
    bad: 'expect: { steps: { survey: applied } }',
    good: 'expect: { steps: { survey: passed } }',
  },
  'test-idle-bounds': {
    severity: 'error',
    summary: 'A test file gives a score bounds that every value keeps, or none',
    why: 'Without `min` and `max` anything passes, with `min` above `max` nothing does.',
    bad: 'expect: { score: { minutes: { min: 5, max: 3 } } }',
    good: 'expect: { score: { minutes: { min: 3, max: 5 } } }',
  },
  'test-wrong-input': {
    severity: 'error',
    summary: 'A test file gives an input a value that the runbook does not take',
    why: 'The drill would be refused before its first step.',
    bad: 'inputs: { cluster: us-east-c9 }',
    good: 'inputs: { cluster: us-east-c1 }',
  },
} as const

export type TestRule = keyof typeof TEST_RULES
