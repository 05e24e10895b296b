import { describe, expect, test } from 'vitest'
import { catalogue as real } from '../../../src/commands/support/catalogue.js'
import { parseRunbook } from '../../../src/runbook/load.js'
import { unmark } from '../../source/marks.js'

const whole = (steps: string, head = ''): string =>
  `runbook: test\ntitle: Test\n${head}steps:\n${steps}- id: over\n  end: resolved\n`

const findings = (text: string) => parseRunbook(text, 'test.yaml', real).diagnostics

const expectAt = (marked: string, rule: string, says: RegExp): void => {
  const { text, ...place } = unmark(marked)
  const found = findings(text).filter(finding => finding.rule === rule)
  expect(found).toMatchObject([place])
  expect(`${found[0]?.message} ${found[0]?.suggestion}`).toMatch(says)
}

const inside = (steps: string): string => steps.trimEnd().replaceAll(/^/gm, '    ')
const both = (left: string): string =>
  `- id: both\n  parallel:\n    left:\n${inside(left)}\n    right: [{ id: r1, wait: 1s }]\n`
const many = (steps: string): string => `- id: many\n  each: [p, q]\n  steps:\n${inside(steps)}\n`

const LOOK = '- id: look\n  check: proxy.connections\n  with: { cluster: a }\n'
const SEND = (name = 'http.request') =>
  `- id: send\n  action: ${name}\n  with: { method: POST, url: https://example.com/x }\n`

describe('an action that nothing takes back', () => {
  const RULE = 'irreversible-unchecked'

  test.each([
    ['inside a step, with no check before', many(SEND('«http.request»')), /on the way `many` → `send`/],
    [
      'beside a check in another branch',
      both(LOOK).replace('[{ id: r1, wait: 1s }]', `\n${inside(SEND('«http.request»'))}`),
      /`both` → `send`/,
    ],
    [
      'after a check that is made for each, of which there may be none',
      many(LOOK) + SEND('«http.request»'),
      /`many` → `send`/,
    ],
    ['after another runbook', `- id: call\n  run: other\n${SEND('«http.request»')}`, /`call` → `send`/],
  ])('is found %s', (_name, steps, says) => {
    expectAt(whole(steps), RULE, says)
  })

  test.each([
    ['inside a step, after a check before that step', LOOK + many(SEND())],
    ['inside a step, after a check there', many(LOOK + SEND())],
    ['after a branch that always looks', both(LOOK) + SEND()],
    [
      'after a look while something is waited for',
      `- id: first\n  branch: [{ if: elapsed > duration("1m"), goto: settle }, {}]\n${LOOK}- id: settle\n  wait: { until: size(result.hot) == 0, again: look, within: 1m }\n${SEND()}`,
    ],
  ])('is not found %s', (_name, steps) => {
    expect(findings(whole(steps)).filter(({ rule }) => rule === RULE)).toEqual([])
  })
})

describe('a credential that is written out is found', () => {
  const RULE = 'secret-in-plain-text'

  test.each([
    [
      'in an action inside a step',
      many(
        '- id: send\n  action: http.request\n  with: { method: POST, url: https://example.com, body: { password: «hunter2» } }',
      ),
    ],
    ['in what another runbook is given', '- id: call\n  run: other\n  with: { token: «abc» }\n'],
    [
      'in what a choice hands over with',
      '- id: a\n  ask: x\n  choices: { y: { label: Y, recommended: true, run: other, with: { token: «abc» } }, n: { label: N } }\n',
    ],
    [
      'in what a branch hands over with',
      '- id: a\n  branch: [{ if: elapsed > duration("1m"), run: other, with: { token: «abc» } }, {}]\n',
    ],
  ])('%s', (_name, steps) => {
    expectAt(whole(steps), RULE, /secret: NAME/)
  })
})

test('shell syntax in a command is found inside a step', () => {
  expectAt(
    whole(many('- id: run\n  action: command.run\n  with: { argv: [ls, «"| wc"»] }')),
    'argv-metacharacters',
    /no shell/,
  )
})

describe('an input is used', () => {
  test.each([
    ['inside a step', many('- id: a\n  notify: In ${{ inputs.zone }}')],
    [
      'by the list of an `each`',
      '- id: many\n  each: ["${{ inputs.zone }}"]\n  steps: [{ id: a, notify: "${{ item }}" }]\n',
    ],
    ['by what another runbook is given', '- id: call\n  run: other\n  with: { zone: "${{ inputs.zone }}" }\n'],
    ['by what is waited for', '- id: a\n  wait: { until: inputs.zone == "a", within: 1m }\n'],
  ])('%s', (_name, steps) => {
    const found = findings(whole(steps, 'inputs:\n  zone: { type: string }\n'))
    expect(found.filter(({ rule }) => rule === 'unused-input')).toEqual([])
  })
})

describe('what changes nothing is found', () => {
  test('where each entry of a branch hands over alike', () => {
    const steps = '- id: a\n  «branch»: [{ if: elapsed > duration("1m"), run: other }, { run: other }]\n'
    expectAt(whole(steps), 'branch-changes-nothing', /leads to the runbook `other`/)
  })

  test('where two choices hand over alike', () => {
    const steps =
      '- id: a\n  ask: x\n  choices: { y: { label: Y, recommended: true, run: other }, n: { «label»: N, run: other } }\n'
    expectAt(whole(steps), 'choice-changes-nothing', /`n` leads where `y` leads/)
  })

  test('where a wait is over at once and says what to do if it is not', () => {
    const steps = '- id: a\n  wait: { until: true, within: 1m }\n  «on_failure»: continue\n'
    expectAt(whole(steps), 'on-failure-never', /this wait cannot fail/)
  })

  test('but not where runbooks are handed over to with other inputs', () => {
    const steps =
      '- id: a\n  branch: [{ if: elapsed > duration("1m"), run: other, with: { n: 1 } }, { run: other, with: { n: 2 } }]\n'
    expect(findings(whole(steps)).map(({ rule }) => rule)).toEqual(['unreachable-step'])
  })
})
