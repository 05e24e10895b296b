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
    summary: 'A test file names a runbook, scenario, input, step, choice or measure that there is not',
    why: 'Such a test proves nothing: what it asks about never comes.',
    bad: 'expect: { steps: { replac: applied } }',
    good: 'expect: { steps: { replace: applied } }',
  },
  'test-misplaced-answer': {
    severity: 'error',
    summary: 'A test file answers a step that asks nothing of that kind',
    why: '`answers` are for `ask` and `manual`, `gates` for actions. Anywhere else they are never asked for.',
    bad: 'answers: { survey: yes }',
    good: 'answers: { calm: yes }',
  },
} as const

export type TestRule = keyof typeof TEST_RULES
