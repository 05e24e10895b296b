import { describe, expect, test } from 'vitest'
import { unmark } from '../source/marks.js'
import { parse, runbookOf, survey } from './catalogue.js'

type Bad = readonly [name: string, steps: string, rule: string, says: RegExp]

const expectOnly = (marked: string, rule: string, says: RegExp, severity = 'error'): void => {
  const { text, ...place } = unmark(marked)
  const { diagnostics, runbook } = parse(text)
  expect(diagnostics.map(finding => `${finding.rule}: ${finding.message}`)).toHaveLength(1)
  expect(diagnostics[0]).toMatchObject({ rule, severity, ...place })
  expect(`${diagnostics[0]?.message} ${diagnostics[0]?.suggestion}`).toMatch(says)
  expect(runbook === undefined).toBe(severity === 'error')
}

const STEPS: readonly Bad[] = [
  ['an unknown kind', '- id: a\n  «waite»: 2m', 'unknown-kind', /`waite` is no kind.*did you mean `wait`/],
  ['a kind like no other', '- id: a\n  «xyzzyx»: 2m', 'unknown-kind', /check, action, ask/],
  ['no kind', '- «id»: a\n  title: x', 'missing-kind', /has no kind.*check, action/],
  ['two kinds', '- id: a\n  wait: 2m\n  «goto»: over', 'two-kinds', /`wait` and `goto` are both/],
  ['no id', '- «wait»: 2m', 'missing-id', /no `id`/],
  ['an id that is a number', '- id: «5»\n  wait: 2m', 'bad-id', /must be text/],
  ['an id with capitals', '- id: «Look-Again»\n  wait: 2m', 'bad-id', /`look_again`/],
  ['an id that CEL cannot read', '- id: «in»\n  wait: 2m', 'bad-id', /reserved/],
  ['an id that is a CEL literal', '- id: «"true"»\n  wait: 2m', 'bad-id', /reserved/],
  ['an id that CEL reserves', '- id: «break»\n  wait: 2m', 'bad-id', /reserved/],
  ['an id that means something else', '- id: «inputs»\n  wait: 2m', 'bad-id', /already means/],
  ['__proto__ as an id', '- id: «__proto__»\n  wait: 2m', 'bad-id', /proto__/],
  ['constructor as an id', '- id: «constructor»\n  wait: 2m', 'bad-id', /reserved/],
  ['an id twice', '- id: a\n  wait: 1m\n- id: «a»\n  wait: 2m', 'duplicate-id', /already/],
  ['an unknown key', '- id: a\n  wait: 2m\n  «titel»: x', 'unknown-key', /of a wait step.*`title`/],
  [
    'a key of another kind',
    '- id: a\n  wait: 2m\n  «expect»: x',
    'misplaced-key',
    /key of check steps, not of wait/,
  ],
  ['a step that is a number', '- «5»', 'wrong-type', /must be a map/],
  ['a phase with more keys', '- phase: A\n  «wait»: 2m', 'unknown-key', /`wait`/],
  [
    'an unknown check',
    '- id: a\n  check: «proxy.conections»',
    'unknown-check',
    /did you mean `proxy.connections`/,
  ],
  [
    'an action used as a check',
    '- id: a\n  check: «proxy.replace»',
    'unknown-check',
    /write action: proxy.replace/,
  ],
  ['a check of the prototype', '- id: a\n  check: «constructor»', 'unknown-check', /no check/],
  ['a goto to nowhere', '- id: a\n  goto: «ovr»', 'unknown-target', /no step `ovr`.*`over`/],
  [
    'a limit that leads nowhere',
    '- id: a\n  wait: 1s\n  limit: { visits: 2, then: «b» }',
    'unknown-target',
    /no step `b`/,
  ],
  ['a failure that leads nowhere', survey('  on_failure: { goto: «surve» }'), 'unknown-target', /`survey`/],
  ['a doubt that leads nowhere', survey('  on_inconclusive: { goto: «x» }'), 'unknown-target', /no step `x`/],
  ['a number as a wait', '- id: a\n  wait: «120»', 'wrong-type', /must be a duration such as 90s/],
  ['a wait for years', '- id: a\n  wait: «3000000000h»', 'bad-value', /is longer than 30 days.*at most 720h/],
  ['a wait without a unit', '- id: a\n  wait: «2x»', 'bad-value', /`2x` is not a duration.*90s/],
  ['a wait of next to nothing', '- id: a\n  wait: «999ms»', 'bad-value', /`wait` must be at least 1s/],
  ['a wait of nothing', '- id: a\n  wait: «0s»', 'bad-value', /`wait` must be at least 1s/],
  ['an unknown outcome', '- id: a\n  end: «resolvd»', 'bad-value', /did you mean `resolved`/],
  ['an outcome that no runbook states', '- id: a\n  end: «aborted»', 'bad-value', /`unresolved`/],
  ['a misspelt on_failure', survey('  on_failure: «contineu»'), 'wrong-type', /did you mean `continue`/],
  ['no visits', '- id: a\n  wait: 1s\n  limit: { visits: «0», then: over }', 'bad-value', /at least 1/],
  [
    'an expression in a title',
    '- id: a\n  wait: 1s\n  title: «x ${{ inputs.count }}»',
    'bad-value',
    /cannot have/,
  ],
  [
    'a branch without a default',
    '- id: «a»\n  branch:\n  - if: inputs.sure\n    goto: over',
    'branch-default-last',
    /no default/,
  ],
  [
    'a default that is not last',
    '- id: a\n  branch:\n  - «goto»: over\n  - if: inputs.sure\n    goto: over',
    'branch-default-last',
    /put it last/,
  ],
  [
    'an entry that leads two ways',
    '- id: a\n  branch:\n  - goto: over\n    end: «resolved»',
    'bad-value',
    /keep one/,
  ],
  ['no choices', '- id: a\n  ask: x\n  choices: «{}»', 'bad-value', /at least one choice/],
  [
    'a reset of nothing',
    '- id: a\n  ask: x\n  choices: { y: { label: Y, recommended: true, reset: «over» } }',
    'unknown-target',
    /no `limit`/,
  ],
  [
    'two recommended choices',
    '- id: a\n  ask: x\n  choices:\n    y: { label: Y, recommended: true, end: resolved }\n    n: { label: N, recommended: «true», goto: over }',
    'two-recommended',
    /recommend one/,
  ],
  [
    'a template that is not closed',
    '- id: a\n  manual: do «${{» inputs.count }',
    'template-syntax',
    /not closed/,
  ],
  ['a template without an expression', '- id: a\n  manual: do «${{» }}', 'template-syntax', /no expression/],
]

const NOT_YET: readonly Bad[] = [
  [
    'an approval by a second person',
    `${survey('')}- id: act\n  action: load.shed\n  with: { cluster: a }\n  verify: { again: survey, within: 1m }\n  approve: «peer»`,
    'not-yet',
    /^`approve: peer` is part of the language/,
  ],
]

const USES: readonly Bad[] = [
  [
    'an unknown argument',
    '- id: survey\n  check: proxy.connections\n  with: { «clutser»: a }',
    'with-unknown-key',
    /did you mean `cluster`/,
  ],
  [
    'a missing argument',
    '- id: survey\n  check: proxy.connections\n  «with»: {}',
    'with-missing-key',
    /`cluster` is missing/,
  ],
  [
    'no arguments at all',
    '- id: survey\n  check: «proxy.connections»',
    'with-missing-key',
    /`cluster` is missing/,
  ],
  [
    'a number for a text',
    '- id: survey\n  check: proxy.connections\n  with: { cluster: «5» }',
    'with-type',
    /`cluster` must be text/,
  ],
  [
    'an expression of a wrong type',
    '- id: survey\n  check: proxy.connections\n  with: { cluster: "${{ «inputs.count» }}" }',
    'with-type',
    /`cluster` must be text.* is a number/,
  ],
]

/** With `verify`, so that the missing one is no second finding. */
const act = (given: string): string =>
  `${survey('')}- id: act\n  action: load.shed\n  with: ${given}\n  verify: { again: survey, within: 1m }`

const ARGUMENTS: readonly Bad[] = [
  ['a number that is too large', '{ cluster: a, rate: «500» }', 'with-type', /at most 100/],
  ['a text for a number', '{ cluster: a, rate: "${{ «inputs.cluster» }}" }', 'with-type', /a number.* is text/],
  ['a text around a number', '{ cluster: a, rate: «"1${{ inputs.count }}"» }', 'with-type', /gives text/],
  ['an unknown word', '{ cluster: a, step: «smal» }', 'with-type', /did you mean `small`/],
  ['a number for true or false', '{ cluster: a, hard: "${{ «inputs.count» }}" }', 'with-type', /true or false/],
  [
    'a text in a map of numbers',
    '{ cluster: a, weights: { s1: "${{ «inputs.cluster» }}", s2: 1 } }',
    'with-type',
    /`weights.s1`/,
  ],
  [
    'a literal beside an expression',
    '{ cluster: "${{ inputs.cluster }}", weights: { s1: «x» } }',
    'with-type',
    /`s1`/,
  ],
  [
    'an unknown key in a map',
    '{ cluster: a, target: { id: "${{ inputs.cluster }}", «prot»: 1 } }',
    'with-unknown-key',
    /`target.prot`/,
  ],
  [
    'a missing key in a map',
    '{ cluster: a, target: { «connections»: "${{ inputs.count }}" } }',
    'with-missing-key',
    /`target.id`/,
  ],
  [
    'a list of other things',
    '{ cluster: a, hosts: "${{ «steps.survey.unseen» }}" }',
    'with-type',
    /`hosts` must be a list/,
  ],
  [
    'a list for one thing',
    '{ cluster: a, target: "${{ «steps.survey.hot» }}" }',
    'with-type',
    /`target` must be a map/,
  ],
]

describe('a runbook is refused', () => {
  test.each(STEPS)('for %s, at its character', (_name, steps, rule, says) => {
    expectOnly(runbookOf(steps), rule, says)
  })

  test.each(NOT_YET)(
    'for %s, which the language has and this version does not run',
    (_name, steps, rule, says) => {
      expectOnly(runbookOf(steps), rule, says)
    },
  )

  test.each(USES)('for %s of a check', (_name, steps, rule, says) => {
    expectOnly(runbookOf(steps), rule, says)
  })

  test.each(ARGUMENTS)('for %s of an action', (_name, given, rule, says) => {
    expectOnly(runbookOf(act(given)), rule, says)
  })

  test('for a verify that looks at no check', () => {
    const steps =
      '- id: a\n  action: proxy.replace\n  with: { proxies: [p1] }\n  verify: { again: «over», within: 1m }'
    expectOnly(runbookOf(steps), 'unknown-target', /`over` is an end step; only a check/)
  })

  test.each([
    [
      'looks without a pause',
      '{ again: survey, within: 1m, every: «10ms» }',
      /`verify.every` must be at least 1s/,
    ],
    [
      'cannot hold in time',
      '{ again: survey, hold: «2m», within: 1m }',
      /`verify.hold` must not be longer than `within`/,
    ],
  ])('for a verify that %s', (_name, verify, says) => {
    const act = `- id: a\n  action: proxy.replace\n  with: { proxies: [p1] }\n  verify: ${verify}`
    expectOnly(runbookOf(`${survey()}${act}`), 'bad-value', says)
  })

  test('for a wrong word where an argument is a literal, and for an expression beside it', () => {
    const { diagnostics } = parse(runbookOf(act('{ cluster: 5, rate: "${{ inputs.cont }}" }')))
    expect(diagnostics.map(({ rule }) => rule)).toEqual(['with-type', 'expression-unknown-field'])
  })
})

describe('the file around the steps is refused', () => {
  const whole = (head: string): string => `${head}\nsteps:\n- id: over\n  end: resolved\n`

  test.each<Bad>([
    ['an unknown key', 'runbook: a\ntitle: A\n«ownr»: me', 'unknown-key', /did you mean `owner`/],
    ['a missing title', '«runbook»: a', 'missing-key', /`title`/],
    ['a name with blanks', 'runbook: «My Book»\ntitle: A', 'bad-value', /lower case/],
    [
      'an unknown type of input',
      'runbook: a\ntitle: A\ninputs: { x: { type: «clustr» } }',
      'bad-value',
      /did you mean `cluster`/,
    ],
    [
      'an input that CEL cannot read',
      'runbook: a\ntitle: A\ninputs: { «as»: { type: string } }',
      'bad-id',
      /reserved/,
    ],
    [
      'a choice without options',
      'runbook: a\ntitle: A\ninputs: { x: { «type»: choice } }',
      'missing-key',
      /`options`/,
    ],
    [
      'options of no choice',
      'runbook: a\ntitle: A\ninputs: { x: { type: string, «options»: [a] } }',
      'misplaced-key',
      /choice/,
    ],
    [
      'a default that is no option',
      'runbook: a\ntitle: A\ninputs: { x: { type: choice, options: [a, b], default: «c» } }',
      'wrong-type',
      /one of a, b/,
    ],
    [
      'a default of a wrong type',
      'runbook: a\ntitle: A\ninputs: { x: { type: number, default: «a» } }',
      'wrong-type',
      /a number/,
    ],
    [
      'a default that is no duration',
      'runbook: a\ntitle: A\ninputs: { x: { type: duration, default: «5» } }',
      'wrong-type',
      /a duration/,
    ],
    [
      'a default of no time',
      'runbook: a\ntitle: A\ninputs: { x: { type: duration, default: «0s» } }',
      'wrong-type',
      /longer than nothing/,
    ],
    [
      'a default of more than 30 days',
      'runbook: a\ntitle: A\ninputs: { x: { type: duration, default: «721h» } }',
      'wrong-type',
      /must be a duration of at most 720h/,
    ],
    [
      'a default that is no prefix',
      'runbook: a\ntitle: A\ninputs: { x: { type: cidr, default: «10.0.0.0/33» } }',
      'wrong-type',
      /an address or a prefix/,
    ],
    [
      'a default that is empty',
      'runbook: a\ntitle: A\ninputs: { x: { type: proxy, default: «""» } }',
      'wrong-type',
      /not empty/,
    ],
    [
      'a number in a trigger',
      'runbook: a\ntitle: A\ntriggers: [{ code: «5» }]',
      'wrong-type',
      /\[0\]\.code.*text.*'5'/,
    ],
    [
      'a title that YAML takes for a map',
      'runbook: a\ntitle: Replace«:» the worst',
      'yaml-colon',
      /'Replace: the worst'/,
    ],
  ])('for %s', (_name, head, rule, says) => {
    expectOnly(whole(head), rule, says)
  })

  test.each([
    ['«5»', /found the number 5/],
    ['«some words»', /found the text/],
    ['- «a»\n- b', /found a list/],
    ['«~»', /found nothing/],
  ])('for being no map but %j', (marked, says) => {
    expectOnly(marked, 'wrong-type', says)
  })

  test('for having no steps', () => {
    expectOnly('runbook: a\ntitle: A\nsteps: «[]»\n', 'bad-value', /at least one step/)
    expectOnly('«runbook»: a\ntitle: A\n', 'missing-key', /`steps`/)
  })

  test('for everything at once, not for the first thing alone', () => {
    const { diagnostics } = parse(whole('runbook: A B\nownr: x\ninputs: { in: { type: x } }'))
    expect(diagnostics.map(({ rule, line }) => `${line} ${rule}`)).toEqual([
      '1 missing-key',
      '1 bad-value',
      '2 unknown-key',
      '3 bad-id',
      '3 bad-value',
    ])
  })
})

describe('a runbook is read with a warning', () => {
  test.each<Bad>([
    [
      'an action that nothing looks at',
      '- id: «a»\n  action: proxy.replace\n  with: { proxies: [p1] }',
      'no-verify',
      /verify:/,
    ],
    [
      'no recommended choice',
      '- id: a\n  ask: x\n  choices:\n    «y»: { label: Y, end: resolved }\n    n: { label: N, goto: over }',
      'no-recommended-choice',
      /recommended: true/,
    ],
    [
      'a step that nothing leads to',
      '- id: a\n  goto: over\n- id: «b»\n  wait: 1s',
      'unreachable-step',
      /no step leads here/,
    ],
    [
      'a choice that changes nothing',
      '- id: a\n  ask: x\n  choices:\n    y: { label: Y, recommended: true, goto: over }\n    n: { «label»: N, goto: over }',
      'choice-changes-nothing',
      /`n` leads where `y` leads/,
    ],
  ])('for %s', (_name, steps, rule, says) => {
    expectOnly(runbookOf(steps), rule, says, 'warning')
  })

  test('but not for two choices of which an expression sees which one was taken', () => {
    const steps = `- id: a
  ask: x
  choices: { y: { label: Y, recommended: true }, n: { label: N } }
- id: b
  manual: Look
  when: steps.a.choice == "n"`
    expect(parse(runbookOf(steps)).diagnostics).toEqual([])
  })
})
