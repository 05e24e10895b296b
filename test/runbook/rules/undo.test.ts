import { describe, expect, test } from 'vitest'
import { unmark } from '../../source/marks.js'
import { parse, runbookOf, survey } from '../catalogue.js'

const RULE = 'undo-of-nothing'
const found = (text: string) => parse(text).diagnostics.filter(({ rule }) => rule === RULE)

describe('on_failure: undo', () => {
  test.each([
    ['a check', survey('  «on_failure»: undo\n')],
    ['a manual step', '- id: a\n  manual: x\n  «on_failure»: undo\n'],
    ['a wait for something', '- id: a\n  wait: { until: true, within: 1m }\n  «on_failure»: undo\n'],
    [
      'a check in a block',
      `- id: many\n  each: [1]\n  steps:\n${survey('  «on_failure»: undo\n').replaceAll(/^/gm, '    ')}\n`,
    ],
  ])('of %s takes nothing back', (_name, steps) => {
    const { text, ...place } = unmark(runbookOf(steps))
    expect(found(text)).toMatchObject([{ severity: 'error', ...place }])
  })

  test.each([
    ['an action', '- id: a\n  action: proxy.replace\n  with: { proxies: [a] }\n  on_failure: undo\n'],
    ['an each', '- id: a\n  each: [1]\n  steps: [{ id: b, wait: 1s }]\n  on_failure: undo\n'],
    ['a run', '- id: a\n  run: other\n  on_failure: undo\n'],
  ])('of %s is meant', (_name, steps) => {
    expect(found(runbookOf(steps))).toEqual([])
  })
})
