import { expect, test } from 'vitest'
import { canFinish, flowOf, reachable } from '../../src/runbook/flow.js'
import { unmark } from '../source/marks.js'
import { parse, survey } from './catalogue.js'

const HEAD = 'runbook: test\ntitle: Test\ninputs: { sure: { type: boolean } }\nsteps:\n'

test.each([
  ['after a wait', '- id: «a»\n  wait: 1s\n'],
  ['after a check', survey('').replaceAll('${{ inputs.cluster }}', 'c').replace('survey', '«survey»')],
  ['after a task for people', '- id: «a»\n  manual: x\n'],
  ['when an end is skipped', '- id: «a»\n  end: resolved\n  when: inputs.sure\n'],
  ['when a goto is skipped', '- id: «a»\n  goto: a\n  when: inputs.sure\n'],
  [
    'after a choice that leads nowhere',
    '- id: «a»\n  ask: x\n  choices: { y: { label: Y, recommended: true } }\n',
  ],
  ['after a branch that leads nowhere', '- id: «a»\n  branch: [{ if: inputs.sure, end: resolved }, {}]\n'],
])('a path that falls off the list %s is an error at its last step', (_name, steps) => {
  const { text, line, column } = unmark(HEAD + steps)
  const { diagnostics, runbook } = parse(text)
  expect(diagnostics).toMatchObject([{ rule: 'falls-off-the-end', severity: 'error', line, column }])
  expect(runbook).toBeUndefined()
})

test('a step at the end of the list that is never reached falls off nothing', () => {
  const { diagnostics } = parse(`${HEAD}- id: a\n  end: resolved\n- id: b\n  wait: 1s\n`)
  expect(diagnostics.map(({ rule }) => rule)).toEqual(['unreachable-step'])
})

test.each([
  ['a step that goes to itself', '- id: a\n  goto: a\n'],
  ['a circle', '- id: a\n  wait: 1s\n- id: b\n  goto: a\n- id: c\n  end: resolved\n'],
])('%s never ends', (_name, steps) => {
  expect(parse(HEAD + steps).diagnostics.map(({ rule }) => rule)).toContain('never-ends')
})

test('a limit leads out of a circle', () => {
  const steps =
    '- id: a\n  wait: 1s\n  limit: { visits: 2, then: c }\n- id: b\n  goto: a\n- id: c\n  end: resolved\n'
  expect(parse(HEAD + steps).diagnostics).toEqual([])
})

test('every way out of a step is an edge of the flow', () => {
  const { runbook } = parse(`${HEAD}- id: s
  check: proxy.connections
  with: { cluster: c }
  when: inputs.sure
  limit: { visits: 3, then: d }
  on_failure: { goto: e }
  on_inconclusive: { goto: f }
- id: b
  branch: [{ if: inputs.sure, end: resolved }, { goto: s }]
- id: c
  ask: x
  choices: { y: { label: Y, recommended: true, goto: s }, n: { label: N } }
- id: d
  manual: x
- id: e
  wait: 1s
- id: f
  end: unresolved
`)
  const flow = flowOf(runbook?.steps ?? [])
  expect(flow.map(exits => [...exits].sort())).toEqual([[1, 3, 4, 5], [0, 'end'], [0, 3], [4], [5], ['end']])
  expect([...reachable(flow)].sort()).toEqual([0, 1, 3, 4, 5])
  expect(canFinish(flow).size).toBe(6)
})
