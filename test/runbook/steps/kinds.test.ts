import { describe, expect, test } from 'vitest'
import { everyStep } from '../../../src/domain/runbook.js'
import { unmark } from '../../source/marks.js'
import { parse, runbookOf, survey } from '../catalogue.js'

const stepOf = (steps: string, id: string) => {
  const { runbook, diagnostics } = parse(runbookOf(steps))
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
  return everyStep(runbook?.steps ?? []).find(step => step.id === id)
}

const act = (more: string): string =>
  `${survey()}- id: act\n  action: load.shed\n  with: { cluster: a }\n  verify: { again: survey, within: 1m }\n${more}`

describe('a step is read', () => {
  test('that tells people something', () => {
    const step = stepOf('- id: a\n  notify: We look at ${{ inputs.cluster }}\n  to: everybody', 'a')
    expect(step).toMatchObject({
      kind: 'notify',
      notify: { text: ['We look at ', { cel: 'inputs.cluster' }] },
      to: 'everybody',
    })
  })

  test('that waits for something, every 15 seconds unless it says otherwise', () => {
    const steps = `${survey()}- id: a\n  wait: { until: size(result.hot) == 0, again: survey, within: 10m }`
    expect(stepOf(steps, 'a')).toMatchObject({
      kind: 'wait',
      wait: { until: 'size(result.hot) == 0', again: 'survey', every: 15_000, within: 600_000 },
      onFailure: { do: 'ask' },
    })
  })

  test('that looks again where it has not passed, ten seconds apart unless it says otherwise', () => {
    const step = stepOf(survey('  retry: { times: 3 }\n  timeout: 30s\n'), 'survey')
    expect(step).toMatchObject({ retry: { times: 3, every: 10_000 }, timeout: 30_000 })
  })

  test('that begins nothing more of an action after a while', () => {
    expect(stepOf(act('  timeout: 10m\n'), 'act')).toMatchObject({ timeout: 600_000 })
  })

  test('that does two things side by side', () => {
    const steps =
      '- id: both\n  parallel:\n    left: [{ id: l, wait: 1s }]\n    right: [{ id: r, wait: 2s }]\n  on_failure: abort'
    expect(stepOf(steps, 'both')).toMatchObject({
      kind: 'parallel',
      parallel: [
        { name: 'left', steps: [{ id: 'l', wait: 1_000 }] },
        { name: 'right', steps: [{ id: 'r', wait: 2_000 }] },
      ],
      onFailure: { do: 'abort' },
    })
  })

  test('that does the same for each of a list, one after the other and as `item` unless it says otherwise', () => {
    const step = stepOf('- id: many\n  each: ${{ ["a", "b"] }}\n  steps: [{ id: m, wait: 1s }]', 'many')
    expect(step).toMatchObject({
      kind: 'each',
      each: { cel: '["a", "b"]' },
      as: 'item',
      maxParallel: 1,
      steps: [{ id: 'm' }],
      onFailure: { do: 'ask' },
    })
  })

  test('that runs another runbook and comes back', () => {
    const step = stepOf(
      '- id: a\n  run: cluster-wide\n  with: { cluster: "${{ inputs.cluster }}", deep: 3 }\n  on_failure: continue',
      'a',
    )
    expect(step).toMatchObject({
      kind: 'run',
      run: { runbook: 'cluster-wide', with: { cluster: { cel: 'inputs.cluster' }, deep: { literal: 3 } } },
      onFailure: { do: 'continue' },
    })
  })

  test('that hands over by a choice, and by an entry of a branch', () => {
    const call = 'run: cluster-wide, with: { cluster: c1 }'
    const ask = stepOf(
      `- id: a\n  ask: x\n  choices: { y: { label: Y, recommended: true, ${call} }, n: { label: N } }`,
      'a',
    )
    const branch = stepOf(`- id: a\n  branch: [{ if: inputs.sure, ${call} }, {}]`, 'a')
    const run = { runbook: 'cluster-wide', with: { cluster: { literal: 'c1' } } }
    expect(ask).toMatchObject({ choices: [{ key: 'y', run }, { key: 'n' }] })
    expect(branch).toMatchObject({ branch: [{ if: 'inputs.sure', run }, {}] })
  })

  test('inside others, in the phase of the step around it', () => {
    const steps = '- phase: Act\n- id: many\n  each: [a, b]\n  steps: [{ id: m, wait: 1s }]'
    expect(stepOf(steps, 'm')).toMatchObject({ phase: 'Act', at: { line: 12 } })
  })
})

const TWO = 'x: [{ id: b, wait: 1s }], y: [{ id: c, wait: 1s }]'
const EACH = (keys: string): string => `- id: a\n  each: [p, q]\n${keys}  steps: [{ id: m, wait: 1s }]`

describe('a step is refused', () => {
  test.each([
    ['one branch', '- id: a\n  parallel: { «x»: [{ id: b, wait: 1s }] }', 'bad-value', /at least two branches/],
    [
      'a branch without steps',
      '- id: a\n  parallel: { x: [{ id: b, wait: 1s }], y: «[]» }',
      'bad-value',
      /at least one step/,
    ],
    [
      'a branch that expressions could not read',
      '- id: a\n  parallel: { x: [{ id: b, wait: 1s }], «y-z»: [{ id: c, wait: 1s }] }',
      'bad-id',
      /`y_z`/,
    ],
    ['no steps for an item', '- id: a\n  each: [p]\n  steps: «[]»', 'bad-value', /at least one step/],
    ['text that is no list', EACH('').replace('[p, q]', '«proxies»'), 'wrong-type', /must be a list/],
    [
      'an expression without its braces',
      EACH('').replace('[p, q]', '«steps.survey.hot»'),
      'wrong-type',
      /\$\{\{ steps.survey.hot \}\}/,
    ],
    [
      'an expression that is no list',
      EACH('').replace('[p, q]', '${{ «inputs.cluster» }}'),
      'expression-type',
      /`each` goes through a list, and this is text/,
    ],
    [
      'an item that is named like something known',
      EACH('  as: «steps»\n'),
      'bad-id',
      /already means something/,
    ],
    ['an item that is named like a type', EACH('  as: «list»\n'), 'bad-id', /name of a type/],
    ['an item that is named like an input', EACH('  as: «count»\n'), 'bad-id', /name of an input already/],
    [
      'an item that is named like the one around it',
      `- id: a\n  each: [p]\n  steps:\n  - id: b\n    «each»: [q]\n    steps: [{ id: m, wait: 1s }]`,
      'bad-id',
      /`item` is the name of an item of `a` already/,
    ],
    ['nobody at work', EACH('  max_parallel: «0»\n'), 'bad-value', /at least 1/],
    ['a name that is no runbook', '- id: a\n  run: «Cluster Wide»', 'bad-value', /lower case letters/],
    [
      'a choice that leads two ways',
      '- id: a\n  ask: x\n  choices: { y: { label: Y, recommended: true, end: resolved, run: «other» } }',
      'bad-value',
      /keep one of `goto`, `end` and `run`/,
    ],
    [
      'inputs for no runbook',
      '- id: a\n  branch: [{ goto: over, «with»: { a: 1 } }]',
      'bad-value',
      /there is no `run` here/,
    ],
    [
      'a wait for something without an end',
      '- id: a\n  wait: { «until»: inputs.sure }',
      'missing-key',
      /within/,
    ],
    [
      'a wait that spins',
      '- id: a\n  wait: { until: inputs.sure, every: «10ms», within: 1m }',
      'bad-value',
      /at least 1s/,
    ],
    [
      'a failure of a wait that cannot fail',
      '- id: a\n  wait: 1m\n  «on_failure»: continue',
      'misplaced-key',
      /until/,
    ],
    [
      'something to wait for that is not true or false',
      '- id: a\n  wait: { until: «inputs.count», within: 1m }',
      'expression-type',
      /`until` must be true or false/,
    ],
    [
      'a result of no look',
      '- id: a\n  wait: { until: size(«result».hot) == 0, within: 1m }',
      'expression-unknown-name',
      /add again/,
    ],
    [
      'a field that the look does not give',
      `${survey()}- id: a\n  wait: { until: size(result.«hott») == 0, again: survey, within: 1m }`,
      'expression-unknown-field',
      /`hot`/,
    ],
    [
      'a look at what is no check',
      '- id: b\n  wait: 1s\n- id: a\n  wait: { until: inputs.sure, again: «b», within: 1m }',
      'unknown-target',
      /only a check can be looked at again/,
    ],
    ['too many looks', survey('  retry: { times: «101» }'), 'bad-value', /at most 100/],
    ['looks that spin', survey('  retry: { times: 2, every: «10ms» }'), 'bad-value', /at least 1s/],
    ['a retry of an action', act('  «retry»: { times: 2 }'), 'misplaced-key', /on_failure/],
    ['a timeout of a wait', '- id: a\n  wait: 1m\n  «timeout»: 5s', 'misplaced-key', /within/],
    [
      'a timeout of a person',
      '- id: a\n  manual: x\n  «timeout»: 5s',
      'misplaced-key',
      /a person may take theirs/,
    ],
    [
      'a timeout of a block that is none',
      `- id: a\n  parallel: { ${TWO} }\n  timeout: «0s»`,
      'bad-value',
      /at least 1s/,
    ],
    ['a timeout of nothing', survey('  timeout: «0s»'), 'bad-value', /at least 1s/],
    [
      'an expression in whom it is for',
      '- id: a\n  notify: x\n  to: «${{ inputs.cluster }}»',
      'bad-value',
      /to/,
    ],
  ])('for %s', (_name, steps, rule, says) => {
    const { text, ...place } = unmark(runbookOf(steps))
    const { diagnostics, runbook } = parse(text)
    expect(diagnostics).toMatchObject([{ rule, ...place }])
    expect(`${diagnostics[0]?.message} ${diagnostics[0]?.suggestion}`).toMatch(says)
    expect(runbook).toBeUndefined()
  })
})
