import { describe, expect, test } from 'vitest'
import { unmark } from '../../source/marks.js'
import { parse, runbookOf, survey } from '../catalogue.js'

/** A step inside another one, indented. */
const inside = (steps: string): string => steps.trimEnd().replaceAll(/^/gm, '    ')

/** The step `both` with those steps in its branch `left`, and a wait in `right`. */
const both = (left: string, more = ''): string =>
  `- id: both\n  parallel:\n    left:\n${inside(left)}\n    right: [{ id: r1, wait: 1s }]\n${more}`

const many = (steps: string, list = '["p", "q"]'): string =>
  `- id: many\n  each: \${{ ${list} }}\n  steps:\n${inside(steps)}\n`

const LOOK = (id: string, more = ''): string =>
  `- id: ${id}\n  check: proxy.connections\n  with: { cluster: c }\n${more}`
const TELL = (said: string): string => `- id: tell\n  notify: x \${{ ${said} }}\n`

type Case = readonly [name: string, steps: string, rule: string, says: RegExp]

const STRUCTURE: readonly Case[] = [
  [
    'a jump out of it',
    both('- id: l1\n  wait: 1s\n- id: l2\n  goto: «over»'),
    'outside-block',
    /`over` stands outside `left` of `both`/,
  ],
  [
    'a jump into it',
    `${both('- id: l1\n  wait: 1s')}- id: back\n  goto: «l1»`,
    'outside-block',
    /`l1` stands inside `left` of `both`.*lead to `both`/,
  ],
  [
    'a jump to the branch beside it',
    both('- id: l1\n  wait: 1s\n- id: l2\n  goto: «r1»'),
    'outside-block',
    /`r1` stands outside `left` of `both`/,
  ],
  [
    'a jump to the step that it stands in',
    many('- id: m1\n  wait: 1s\n- id: m2\n  goto: «many»'),
    'outside-block',
    /`many` is the step that this stands in/,
  ],
  [
    'a failure that leads out of it',
    many(LOOK('m1', '  on_failure: { goto: «over» }\n')),
    'outside-block',
    /outside `many`/,
  ],
  [
    'a limit that leads out of it',
    many('- id: m1\n  wait: 1s\n  limit: { visits: 2, then: «over» }'),
    'outside-block',
    /outside `many`/,
  ],
  [
    'a reset of a step around it',
    `- id: w\n  wait: 1s\n  limit: { visits: 2, then: over }\n${many('- id: m1\n  ask: x\n  choices: { y: { label: Y, recommended: true, reset: «w» } }')}`,
    'outside-block',
    /`w` stands outside `many`/,
  ],
  [
    'a look at a check in the branch beside it',
    `- id: both\n  parallel:\n    left:\n${inside(LOOK('l1'))}\n    right:\n    - id: r1\n      wait: { until: inputs.sure, again: «l1», within: 1m }\n`,
    'outside-block',
    /name a check among these steps, or around them/,
  ],
  ['an end', both('- id: l1\n  «end»: resolved'), 'end-in-block', /decide after `both`/],
  [
    'an end of a choice',
    many(
      '- id: m1\n  ask: x\n  choices: { y: { label: Y, recommended: true, «end»: resolved }, n: { label: N } }',
    ),
    'end-in-block',
    /whole incident inside `many`/,
  ],
  [
    'a hand-over of a branch',
    many('- id: m1\n  branch: [{ if: inputs.sure, «run»: other }, {}]'),
    'end-in-block',
    /hand over the whole incident/,
  ],
  ['a phase', both('- «phase»: Act\n- id: l1\n  wait: 1s'), 'phase-in-block', /above the step/],
  [
    'an id that stands outside as well',
    `${survey()}${both(LOOK('«survey»'))}`,
    'duplicate-id',
    /has the id `survey` already/,
  ],
  [
    'an id that stands in the branch beside it',
    both(LOOK('x1')).replace('id: r1', 'id: «x1»'),
    'duplicate-id',
    /inside `left` of `both`/,
  ],
  [
    'a circle that nothing leads out of',
    many('- id: «m1»\n  wait: 1s\n- id: m2\n  goto: m1'),
    'never-ends',
    /no way leads out of `many`/,
  ],
  [
    'a circle that nothing slows down',
    many(LOOK('«m1»', '  on_failure: { goto: m1 }\n')),
    'hot-loop',
    /`m1` → `m1`/,
  ],
  [
    'a step that nothing leads to',
    many('- id: m1\n  goto: m3\n- id: «m2»\n  wait: 1s\n- id: m3\n  wait: 1s'),
    'unreachable-step',
    /no step leads here/,
  ],
  [
    'an action that nothing verifies',
    many('- id: «m1»\n  action: load.shed\n  with: { cluster: c }'),
    'no-verify',
    /helped/,
  ],
]

const EXPRESSIONS: readonly Case[] = [
  [
    'a step inside, by its id alone',
    `${both(LOOK('l1'))}${TELL('steps.«l1».median')}`,
    'expression-unknown-field',
    /`l1` stands inside `left` of `both`.*steps.both.left.l1/,
  ],
  [
    'a step done for each, by its id alone',
    `${many(LOOK('m1'))}${TELL('steps.«m1».median')}`,
    'expression-unknown-field',
    /steps.many.items\[0\].m1/,
  ],
  [
    'a step in the branch beside it',
    both(LOOK('l1')).replace('[{ id: r1, wait: 1s }]', '[{ id: r1, notify: "${{ steps.«l1».median }}" }]'),
    'expression-unknown-field',
    /beside this.*in a step after them/,
  ],
  [
    'the visits of a step inside',
    `${both(LOOK('l1'))}${TELL('visits(«"l1"»)')}`,
    'expression-unknown-step',
    /only steps there can ask for its visits.*steps.both.left.l1/,
  ],
  [
    'the outcome of a step inside',
    `${many(LOOK('m1'))}${TELL('outcome(«"m1"»)')}`,
    'expression-unknown-step',
    /ask for its outcome/,
  ],
  [
    'an output of a branch that has none of that name',
    `${both(LOOK('l1'))}${TELL('steps.both.left.«l2».median')}`,
    'expression-unknown-field',
    /did you mean `l1`/,
  ],
  [
    'a branch that there is not',
    `${both(LOOK('l1'))}${TELL('steps.both.«leftt».l1.median')}`,
    'expression-unknown-field',
    /did you mean `left`/,
  ],
  [
    'an item outside of its steps',
    `${many(LOOK('m1'))}${TELL('«item»')}`,
    'expression-unknown-name',
    /`item` is not known here/,
  ],
  [
    'a field that an item does not have',
    `${survey()}${many(TELL('item.«idd»'), 'steps.survey.hot')}`,
    'expression-unknown-field',
    /did you mean `id`/,
  ],
  [
    'an item that is text, as a number',
    many('- id: m1\n  notify: x\n  when: «item > 3»'),
    'expression-type',
    /between text and a number/,
  ],
]

describe('in steps that stand in a step, there is a finding', () => {
  test.each([...STRUCTURE, ...EXPRESSIONS])('for %s', (_name, steps, rule, says) => {
    const { text, ...place } = unmark(runbookOf(steps))
    const { diagnostics } = parse(text)
    expect(diagnostics).toMatchObject([{ rule, ...place }])
    expect(`${diagnostics[0]?.message} ${diagnostics[0]?.suggestion}`).toMatch(says)
  })
})

describe('in steps that stand in a step, there is no finding', () => {
  test.each([
    [
      'for jumps among them',
      both(
        '- id: l1\n  goto: l3\n- id: l2\n  wait: 1s\n- id: l3\n  goto: l2\n  limit: { visits: 1, then: l4 }\n- id: l4\n  wait: 1s',
      ),
    ],
    ['for the last one, which ends the list', many('- id: m1\n  wait: 1s')],
    [
      'for a look at a check around them',
      `${survey()}${many('- id: m1\n  wait: { until: size(result.hot) == 0, again: survey, within: 1m }')}`,
    ],
    [
      'for a verify by a check around them',
      `${survey()}${many('- id: m1\n  action: proxy.replace\n  with: { proxies: ["${{ item }}"] }\n  verify: { again: survey, within: 1m }')}`,
    ],
    ['for a step around them', `${survey()}${both(TELL('steps.survey.median'))}`],
    [
      'for the visits and the outcome of a step around them',
      `${survey()}${both(TELL('visits("survey") + 0.0').replace('}}\n', '}} ${{ outcome("survey") }}\n'))}`,
    ],
    ['for an item with its fields', `${survey()}${many(TELL('item.id'), 'steps.survey.hot')}`],
    [
      'for the items of two lists, one in the other',
      many(
        `- id: m1\n  each: \${{ [item, "x"] }}\n  as: inner\n  steps:\n  - id: m2\n    notify: \${{ item + inner }}`,
      ),
    ],
    ['for an item that is a number, which is divided', many(TELL('item / 2'), '[3, 4]')],
    ['for an item that was a duration, and is text as it is on record', many(TELL('item + "!"'), '[elapsed]')],
    [
      'for an output by its path',
      `${both(LOOK('l1'))}${many(LOOK('m1'))}${TELL('steps.both.left.l1.median + steps.many.items[0].m1.median')}`,
    ],
    [
      'for an answer that is looked at from outside',
      `${both('- id: l1\n  ask: x\n  choices: { y: { label: Y, recommended: true }, n: { label: N } }')}${TELL('steps.both.left.l1.choice')}`,
    ],
    ['for what a runbook came back with', `- id: call\n  run: other\n${TELL('steps.call.outcome')}`],
  ])('%s', (_name, steps) => {
    expect(parse(runbookOf(steps)).diagnostics).toEqual([])
  })
})

describe('a circle around a step', () => {
  const circle = (step: string): string =>
    `${step}- id: back\n  branch: [{ if: inputs.sure, goto: over }, { goto: first }]`
  const rules = (step: string) => parse(runbookOf(circle(step))).diagnostics.map(({ rule }) => rule)

  test.each([
    [
      'an `each` with a wait, for it may have nothing to do',
      '- id: first\n  each: [p]\n  steps: [{ id: m, wait: 1s }]\n',
    ],
    [
      'a `parallel` without a wait',
      '- id: first\n  parallel: { x: [{ id: b, notify: x }], y: [{ id: c, notify: x }] }\n',
    ],
    ['another runbook', '- id: first\n  run: other\n'],
    ['a wait for what may be true at once', '- id: first\n  wait: { until: inputs.sure, within: 1m }\n'],
    ['a message', '- id: first\n  notify: x\n'],
  ])('is hot with %s', (_name, step) => {
    expect(rules(step)).toEqual(['hot-loop'])
  })

  test.each([
    [
      'a `parallel` in which one branch always waits',
      '- id: first\n  parallel: { x: [{ id: b, wait: 1s }], y: [{ id: c, notify: x }] }\n',
    ],
    [
      'a check that looks again before it fails',
      `${LOOK('first', '  expect: size(result.hot) == 0\n  retry: { times: 1 }\n  on_failure: { goto: back }\n')}- id: out\n  goto: over\n`,
    ],
  ])('is not with %s', (_name, step) => {
    expect(rules(step)).toEqual([])
  })
})

test('a step without an id hides nothing of what stands in it', () => {
  const { diagnostics } = parse(runbookOf(`- each: [p]\n  steps:\n${inside(LOOK('m1', '  titel: x\n'))}\n`))
  expect(diagnostics.map(({ rule }) => rule)).toEqual(['missing-id', 'unknown-key'])
})
