import { describe, expect, test } from 'vitest'
import { createEvaluator } from '../../../src/runbook/expressions/evaluate.js'
import { unmark } from '../../source/marks.js'
import { parse, runbookOf, survey } from '../catalogue.js'

const RULE = 'maybe-unfinished'

/** A step that is not made in every run. */
const SOMETIMES = survey('  when: inputs.sure\n')
const TOLD = (expression: string, more = ''): string =>
  `- id: tell\n  manual: Worst is \${{ ${expression} }}\n${more}`
const ACT = (more: string): string =>
  `- id: act\n  action: load.shed\n  with: { cluster: a }\n  verify: { again: survey, within: 1m }\n${more}`

const found = (text: string) => parse(text).diagnostics.filter(({ rule }) => rule === RULE)

describe('an output is not known for sure', () => {
  test.each([
    [
      'after a step that may be skipped',
      SOMETIMES + TOLD('«steps.survey».worst'),
      /on the way `survey` → `tell`/,
    ],
    ['by its index', SOMETIMES + TOLD('«steps["survey"]».worst'), /`survey` has not finished/],
    ['before its step', TOLD('«steps.survey».worst') + survey(), /on the way `tell`$/],
    [
      'where a goto passes by its step',
      `- id: first\n  branch: [{ if: inputs.sure, goto: tell }, {}]\n${survey()}${TOLD('«steps.survey».worst')}`,
      /`first` → `tell`/,
    ],
    [
      'where a choice passes by its step',
      `- id: first\n  ask: x\n  choices: { y: { label: Y, recommended: true, goto: tell }, n: { label: N } }\n${survey()}${TOLD('«steps.survey».worst')}`,
      /`first` → `tell`/,
    ],
    [
      'on the first round of a loop that goes back to before it',
      `- id: again\n  wait: 1m\n${TOLD('size(«steps.survey».hot)', '  limit: { visits: 3, then: over }\n')}${survey()}- id: back\n  goto: again`,
      /`again` → `tell`/,
    ],
    [
      'where a check could not tell, and goes on',
      survey('  on_inconclusive: continue\n') + TOLD('«steps.survey».worst'),
      /`survey` → `tell`/,
    ],
    [
      'where an action failed',
      survey() + ACT('  on_failure: { goto: tell }\n') + TOLD('«steps.act».shed'),
      /`survey` → `act` → `tell`/,
    ],
    [
      'where only another step was asked for',
      `${SOMETIMES}${survey().replace('survey', 'second')}${TOLD('has(steps.second) && «steps.survey».hot_share > 0.5')}`,
      /`survey`/,
    ],
    [
      'where `has` asks for a field: it needs the step itself',
      SOMETIMES + TOLD('has(«steps.survey».worst) && size(steps.survey.worst) > 0'),
      /has\(steps.survey\)/,
    ],
    [
      'on the other side of an or',
      SOMETIMES + TOLD('has(steps.survey) || «steps.survey».hot_share > 0.5'),
      /`survey`/,
    ],
    [
      'where it is asked for the other way',
      SOMETIMES + TOLD('!has(steps.survey) && size(«steps.survey».hot) > 0'),
      /`survey`/,
    ],
    ['in a `when` of its own step', survey('  when: size(«steps.survey».hot) == 0\n'), /on the way `survey`$/],
    [
      'where the same `when` stands at a step that may not have been come to',
      `- id: first\n  branch: [{ if: inputs.count > 1, goto: tell }, {}]\n${SOMETIMES}${TOLD('«steps.survey».worst', '  when: inputs.sure\n')}`,
      /`first` → `tell`/,
    ],
    [
      'in a later entry of a branch, where an earlier one asks',
      `${SOMETIMES}- id: b\n  branch:\n  - if: has(steps.survey) && steps.survey.hot_share > 0.5\n    goto: over\n  - if: «steps.survey».hot_share > 0.1\n    end: mitigated\n  - goto: over`,
      /`survey` → `b`/,
    ],
    [
      'over a limit, where the visits may have left nothing behind',
      `${survey('  limit: { visits: 2, then: tell }\n  on_inconclusive: { goto: pause }\n')}- id: on\n  goto: over\n- id: pause\n  wait: 1m\n- id: back\n  goto: survey\n${TOLD('«steps.survey».worst')}`,
      /`tell`/,
    ],
    [
      'as an outcome beside another look at the same',
      TOLD('!(«outcome("survey")» == "passed" && outcome("survey") == "passed")') + survey(),
      /`survey` was not come to/,
    ],
    [
      'as an outcome, where its step was not come to',
      TOLD('«outcome("survey")»') + survey(),
      /visits\("survey"\) > 0.*`survey` was not come to on the way `tell`$/,
    ],
    [
      'in a check that is looked at again elsewhere',
      `- id: first\n  ask: x\n  choices: { y: { label: Y, recommended: true, goto: act }, n: { label: N } }\n- id: asked\n  ask: x\n  choices: { a: { label: A, recommended: true, goto: look }, b: { label: B, end: mitigated } }\n- id: look\n  check: proxy.connections\n  with: { cluster: "\${{ steps.asked.choice }}" }\n- id: act\n  action: proxy.replace\n  with: { proxies: [a] }\n  verify: { again: «look», within: 1m }`,
      /`steps.asked` is needed by `look`.*`first` → `act`/,
    ],
  ])('%s', (_name, steps, says) => {
    const { text, ...place } = unmark(runbookOf(steps))
    const findings = found(text)
    expect(findings).toMatchObject([{ severity: 'error', ...place }])
    expect(`${findings[0]?.suggestion} ${findings[0]?.message}`).toMatch(says)
    expect(parse(text).runbook).toBeUndefined()
  })
})

describe('an output is known', () => {
  const USE = 'size(steps.survey.hot) > 0'

  test.each([
    ['as an outcome, after a step that was skipped', SOMETIMES + TOLD('outcome("survey")')],
    [
      'as an outcome, where visits are counted',
      TOLD('visits("survey") > 0 && outcome("survey") == "passed"') + survey(),
    ],
    ['after its step', survey() + TOLD('steps.survey.worst')],
    ['after a check that failed', survey('  on_failure: { goto: tell }\n') + TOLD('steps.survey.worst')],
    [
      'after its limit, where each visit leaves it behind',
      `${survey('  limit: { visits: 2, then: tell }\n')}- id: on\n  ask: x\n  choices: { y: { label: Y, recommended: true, goto: survey }, n: { label: N, goto: over } }\n${TOLD('steps.survey.worst')}`,
    ],
    ['where `has` asks for it first', SOMETIMES + TOLD(`has(steps.survey) && ${USE}`)],
    ['where `has` asks for it last: CEL takes either side', SOMETIMES + TOLD(`${USE} && has(steps.survey)`)],
    ['where one of three terms asks for it', SOMETIMES + TOLD(`inputs.sure && ${USE} && has(steps.survey)`)],
    ['where its visits are counted', SOMETIMES + TOLD(`visits("survey") > 0 && ${USE}`)],
    ['where they are at least one', SOMETIMES + TOLD(`visits("survey") >= 1 && ${USE}`)],
    ['where they are counted the other way round', SOMETIMES + TOLD(`0 < visits("survey") && ${USE}`)],
    ['where its outcome is looked at', SOMETIMES + TOLD(`outcome("survey") == "failed" && ${USE}`)],
    ['where it is not there, or used', SOMETIMES + TOLD(`!has(steps.survey) || ${USE}`)],
    [
      'where a conditional asks for it',
      SOMETIMES +
        TOLD('inputs.cluster', '  when: "has(steps.survey) ? steps.survey.median > 1 : inputs.sure"\n'),
    ],
    ['where `when` asks for it', SOMETIMES + TOLD('steps.survey.worst', '  when: has(steps.survey)\n')],
    [
      'where `when` is the same as that of its step',
      SOMETIMES + TOLD('steps.survey.worst', '  when: inputs.sure\n'),
    ],
    [
      'where a branch leads there only if it is known',
      `${SOMETIMES}- id: b\n  branch: [{ if: has(steps.survey), goto: tell }, { goto: over }]\n${TOLD('steps.survey.worst')}`,
    ],
    [
      'where a branch leads elsewhere if it is not',
      `${SOMETIMES}- id: b\n  branch: [{ if: "!has(steps.survey)", goto: over }, {}]\n${TOLD('steps.survey.worst')}`,
    ],
    [
      'in a loop, from its first round on',
      `${survey()}${TOLD('steps.survey.worst')}- id: pause\n  wait: 1m\n- id: b\n  branch: [{ if: ${USE}, goto: survey }, {}]`,
    ],
    [
      'on every one of two ways',
      `- id: b\n  branch: [{ if: inputs.sure, goto: two }, {}]\n- id: one\n  ask: x\n  choices: { y: { label: Y, recommended: true, goto: survey } }\n- id: two\n  wait: 1s\n${survey()}${TOLD('steps.survey.worst')}`,
    ],
    [
      'in a step that nothing leads to',
      `- id: go\n  goto: survey\n${TOLD('steps.survey.worst')}- id: out\n  goto: over\n${survey()}`,
    ],
  ])('%s', (_name, steps) => {
    expect(parse(runbookOf(steps)).diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
  })
})

test('`has` of a field does not protect against a step that has not finished, and `&&` takes either side', () => {
  const { evaluate } = createEvaluator()
  const scope = {
    inputs: {},
    steps: {},
    outcomes: {},
    visits: {},
    posture: '',
    impact: '',
    elapsedMs: 0,
    incident: { id: 'i' },
    mode: { fleet: 'drill', effects: 'on' },
  } as unknown as Parameters<typeof evaluate>[1] // the mode's words do not matter here
  expect(evaluate('has(steps.x.field)', scope).ok).toBe(false)
  expect(evaluate('has(steps.x)', scope)).toMatchObject({ ok: true, value: false })
  expect(evaluate('steps.x.field > 1 && has(steps.x)', scope)).toMatchObject({ ok: true, value: false })
  expect(evaluate('!has(steps.x) || steps.x.field > 1', scope)).toMatchObject({ ok: true, value: true })
})

test('a use is reported once for each expression, and a long way is cut short', () => {
  const waits = Array.from({ length: 9 }, (_, n) => `- id: w${n}\n  wait: 1s\n`).join('')
  const text = runbookOf(`${SOMETIMES}${waits}${TOLD('size(steps.survey.hot) + size(steps.survey.worst)')}`)
  const findings = found(text)
  expect(findings).toHaveLength(1)
  expect(findings[0]?.message).toMatch(/`survey` → `w0` → … → `w7` → `w8` → `tell`$/)
})
