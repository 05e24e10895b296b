import { expect, test } from 'vitest'
import { canFinish, exitsOf, reachable, waysOf } from '../../src/runbook/flow.js'
import { unmark } from '../source/marks.js'
import { parse, survey } from './catalogue.js'

const HEAD = 'runbook: test\ntitle: Test\ninputs: { sure: { type: boolean } }\nsteps:\n'

test.each([
  ['after a wait', '- id: «a»\n  wait: 1s\n'],
  ['after a check', survey('').replaceAll('${{ inputs.cluster }}', 'c').replace('survey', '«survey»')],
  ['after a task for people', '- id: «a»\n  manual: x\n'],
  ['when an end is skipped', '- id: «a»\n  end: resolved\n  when: inputs.sure\n'],
  ['when a goto is skipped', '- id: w\n  wait: 1s\n- id: «a»\n  goto: w\n  when: inputs.sure\n'],
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

const LOOK = '  check: proxy.connections\n  with: { cluster: c }\n'
const OVER = '- id: over\n  end: resolved\n'

test.each([
  [
    'a branch that leads back to its check',
    `- id: «s»\n${LOOK}- id: b\n  branch: [{ if: inputs.sure, goto: over }, { goto: s }]\n`,
    /`s` → `b` → `s`/,
  ],
  ['a check that fails to itself', `- id: «s»\n${LOOK}  on_failure: { goto: s }\n`, /`s` → `s`/],
  ['a check that doubts to itself', `- id: «s»\n${LOOK}  on_inconclusive: { goto: s }\n`, /`s` → `s`/],
  [
    'an action that fails back',
    `- id: «s»\n${LOOK}- id: act\n  action: proxy.replace\n  with: { proxies: [p] }\n  verify: { again: s, within: 1m }\n  on_failure: { goto: s }\n`,
    /`s` → `act` → `s`/,
  ],
  [
    'a limit that leads back into it',
    `- id: «s»\n${LOOK}  limit: { visits: 2, then: b }\n- id: b\n  branch: [{ if: inputs.sure, goto: over }, { goto: s }]\n`,
    /`s` → `b` → `s`/,
  ],
  [
    'a wait that is over its limit',
    '- id: «a»\n  wait: 1m\n  limit: { visits: 2, then: b }\n- id: b\n  branch: [{ if: inputs.sure, goto: over }, { goto: a }]\n',
    /`a` → `b` → `a`/,
  ],
])('%s, with nothing to slow it down, is a hot loop', (_name, steps, way) => {
  const { text, line, column } = unmark(HEAD + steps + OVER)
  const { diagnostics, runbook } = parse(text)
  expect(diagnostics).toMatchObject([{ rule: 'hot-loop', severity: 'error', line, column }])
  expect(diagnostics[0]?.message).toMatch(way)
  expect(diagnostics[0]?.suggestion).toMatch(/`wait`.*`limit`/)
  expect(runbook).toBeUndefined()
})

test.each([
  ['a wait', '- id: x\n  wait: 1s\n'],
  ['a question', '- id: x\n  ask: x\n  choices: { y: { label: Y, recommended: true } }\n'],
  ['a task for people', '- id: x\n  manual: x\n'],
  ['a limit that leads out', `- id: x\n${LOOK}  limit: { visits: 2, then: over }\n`],
])('a circle with %s on it is no hot loop', (_name, step) => {
  const back = '- id: b\n  branch: [{ if: inputs.sure, goto: over }, { goto: s }]\n'
  expect(parse(`${HEAD}- id: s\n${LOOK}${step}${back}${OVER}`).diagnostics).toEqual([])
})

test('two hot loops are two findings, one that two ways lead around is one', () => {
  const twice = `- id: s\n${LOOK}  on_failure: { goto: s }\n- id: t\n${LOOK}  on_failure: { goto: t }\n  on_inconclusive: { goto: t }\n`
  const rules = parse(HEAD + twice + OVER).diagnostics.map(({ rule, line }) => `${line} ${rule}`)
  expect(rules).toEqual(['5 hot-loop', '9 hot-loop'])
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
  const flow = exitsOf(waysOf(runbook?.steps ?? []))
  expect(flow.map(exits => [...exits].sort())).toEqual([[1, 3, 4, 5], [0, 'end'], [0, 3], [4], [5], ['end']])
  expect([...reachable(flow)].sort()).toEqual([0, 1, 3, 4, 5])
  expect(canFinish(flow).size).toBe(6)
})
