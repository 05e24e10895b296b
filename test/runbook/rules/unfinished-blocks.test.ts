import { describe, expect, test } from 'vitest'
import { unmark } from '../../source/marks.js'
import { parse, runbookOf, survey } from '../catalogue.js'

const RULE = 'maybe-unfinished'
const inside = (steps: string): string => steps.trimEnd().replaceAll(/^/gm, '    ')

const SOMETIMES = survey('  when: inputs.sure\n')
const LOOK = (id: string, more = ''): string =>
  `- id: ${id}\n  check: proxy.connections\n  with: { cluster: c }\n${more}`
const both = (left: string, more = ''): string =>
  `- id: both\n  parallel:\n    left:\n${inside(left)}\n    right: [{ id: r1, wait: 1s }]\n${more}`
const many = (steps: string): string => `- id: many\n  each: [p, q]\n  steps:\n${inside(steps)}\n`
const TELL = (said: string, more = ''): string => `- id: tell\n  manual: x \${{ ${said} }}\n${more}`

describe('an output is not known for sure', () => {
  test.each([
    [
      'inside, where a step around it may be skipped',
      SOMETIMES + both(TELL('«steps.survey».worst')),
      /`survey` has not finished on the way `survey` → `both` → `tell`.*has\(steps.survey\)/,
    ],
    [
      'inside, where a step before it there may be skipped',
      both(LOOK('l1', '  when: inputs.sure\n') + TELL('«steps.l1».worst')),
      /on the way `l1` → `tell`/,
    ],
    [
      'inside, of the step that it stands in',
      many(TELL('size(«steps.many».items)')),
      /on the way `many` → `tell`/,
    ],
    [
      'outside, where a branch may leave its step out',
      both(LOOK('l1', '  when: inputs.sure\n')) + TELL('«steps.both.left.l1».median'),
      /`steps.both.left.l1` may not be known.*has\(steps.both.left.l1\)/,
    ],
    [
      'outside, where a branch jumps over its step',
      both(`- id: l0\n  branch: [{ if: inputs.sure, goto: l2 }, {}]\n${LOOK('l1')}- id: l2\n  wait: 1s`) +
        TELL('«steps.both.left.l1».median'),
      /`l1` has not finished/,
    ],
    [
      'outside, where the whole step may have failed',
      both(LOOK('l1'), '  on_failure: continue\n') + TELL('«steps.both.left.l1».median'),
      /steps.both.left.l1/,
    ],
    [
      'outside, where the whole step may be skipped',
      both(LOOK('l1'), '  when: inputs.sure\n') + TELL('«steps.both».left.l1.median'),
      /`both` has not finished.*has\(steps.both\)/,
    ],
    [
      'of every item',
      many(LOOK('m1', '  on_inconclusive: continue\n')) + TELL('steps.many.items.all(i, size(«i.m1».hot) > 0)'),
      /steps.many.items.filter\(one, has\(one.m1\)\)/,
    ],
    [
      'of one item',
      many(LOOK('m1', '  when: inputs.sure\n')) + TELL('«steps.many.items[0].m1».median'),
      /`m1` has not finished/,
    ],
    [
      'of the items that are gone through again',
      `${many(LOOK('m1', '  when: inputs.sure\n'))}- id: twice\n  each: \${{ steps.many.items }}\n  as: seen\n  steps:\n${inside(TELL('«seen.m1».median'))}\n`,
      /`m1` has not finished/,
    ],
    [
      'where `has` asks for a step inside, and not for the one around it',
      both(LOOK('l1'), '  when: inputs.sure\n') +
        TELL('has(«steps.both».left.l1) && steps.both.left.l1.median > 0'),
      /has\(steps.both\)/,
    ],
    [
      'where an entry of a branch hands it over, and another one asks for it',
      `${SOMETIMES}- id: b\n  branch:\n  - if: has(steps.survey)\n    goto: over\n  - run: other\n    with: { a: "\${{ «steps.survey».median }}" }\n`,
      /`survey` → `b`/,
    ],
    [
      'where a choice hands it over',
      `${SOMETIMES}- id: b\n  ask: x\n  choices: { y: { label: Y, recommended: true, run: other, with: { a: "\${{ «steps.survey».median }}" } }, n: { label: N } }\n`,
      /`survey` → `b`/,
    ],
    [
      'in a check that is looked at again while something is waited for',
      `- id: first\n  ask: x\n  choices: { y: { label: Y, recommended: true, goto: settle }, n: { label: N } }\n- id: asked\n  ask: x\n  choices: { a: { label: A, recommended: true }, b: { label: B, end: mitigated } }\n${LOOK('look').replace('cluster: c', 'cluster: "${{ steps.asked.choice }}"')}- id: settle\n  wait: { until: size(result.hot) == 0, again: «look», within: 1m }\n`,
      /`steps.asked` is needed by `look`.*`first` → `settle`/,
    ],
  ])('%s', (_name, steps, says) => {
    const { text, ...place } = unmark(runbookOf(steps))
    const findings = parse(text).diagnostics.filter(({ rule }) => rule === RULE)
    expect(findings).toMatchObject([{ severity: 'error', ...place }])
    expect(`${findings[0]?.message} ${findings[0]?.suggestion}`).toMatch(says)
  })
})

describe('an output is known', () => {
  test.each([
    ['inside, after a step around it', survey() + both(TELL('steps.survey.worst'))],
    [
      'inside, where the step around it asks',
      SOMETIMES + both(TELL('steps.survey.worst'), '  when: has(steps.survey)\n'),
    ],
    [
      'inside, where the step itself asks',
      SOMETIMES + both(TELL('steps.survey.worst', '  when: has(steps.survey)\n')),
    ],
    [
      'inside, where a branch there asks',
      SOMETIMES +
        both(
          `- id: l0\n  branch: [{ if: has(steps.survey) }, { goto: l9 }]\n${TELL('steps.survey.worst')}- id: l9\n  wait: 1s`,
        ),
    ],
    [
      'inside, where the step around it has the same `when`',
      SOMETIMES + both(TELL('steps.survey.worst'), '  when: inputs.sure\n'),
    ],
    ['outside, by its path', both(LOOK('l1')) + TELL('steps.both.left.l1.median')],
    [
      'outside, after a check that failed inside and went on',
      both(LOOK('l1', '  on_failure: continue\n')) + TELL('steps.both.left.l1.median'),
    ],
    [
      'outside, where `has` asks',
      both(LOOK('l1', '  when: inputs.sure\n')) +
        TELL('has(steps.both.left.l1) && steps.both.left.l1.median > 0'),
    ],
    [
      'outside, of the step itself where it failed',
      both(LOOK('l1'), '  on_failure: continue\n') + TELL('has(steps.both.left.l1)'),
    ],
    ['of every item', many(LOOK('m1')) + TELL('steps.many.items.exists(i, size(i.m1.hot) > 0)')],
    [
      'of the items that were asked',
      many(LOOK('m1', '  when: inputs.sure\n')) +
        TELL('steps.many.items.exists(i, has(i.m1) && size(i.m1.hot) > 0)'),
    ],
    [
      'of the items that a filter has asked',
      many(LOOK('m1', '  when: inputs.sure\n')) +
        TELL('steps.many.items.filter(i, has(i.m1)).map(one, one.m1.median)'),
    ],
    [
      'of a runbook that ended badly',
      `- id: call\n  run: other\n  on_failure: { goto: tell }\n- id: on\n  goto: over\n${TELL('steps.call.outcome')}`,
    ],
    [
      'where an entry of a branch hands it over, and asks for it first',
      `${SOMETIMES}- id: b\n  branch:\n  - if: has(steps.survey)\n    run: other\n    with: { a: "\${{ steps.survey.median }}" }\n  - goto: over\n`,
    ],
    [
      'where the default of a branch hands it over, and the entry before asks whether it is missing',
      `${SOMETIMES}- id: b\n  branch:\n  - if: '!has(steps.survey)'\n    goto: over\n  - run: other\n    with: { a: "\${{ steps.survey.median }}" }\n`,
    ],
    ['as an outcome of a step around it', survey() + many(TELL('outcome("survey")'))],
  ])('%s', (_name, steps) => {
    expect(parse(runbookOf(steps)).diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
  })
})
