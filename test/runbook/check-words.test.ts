import { describe, expect, test } from 'vitest'
import { unmark } from '../source/marks.js'
import { parse, runbookOf, survey } from './catalogue.js'

const STEPS = `${survey()}- id: asked
  ask: x
  choices: { y: { label: Y, recommended: true } }
- id: act
  action: proxy.replace
  with: { proxies: [a] }
  verify: { again: survey, within: 1m }
- id: last
  manual: x
  when: `

const findingsOf = (text: string) =>
  parse(text).diagnostics.filter(({ rule }) => rule === 'expression-unknown-word')

describe('a comparison with a word', () => {
  test.each([
    ['outcome("survey") == «"pased"»', /check step is never "pased".*did you mean `passed`/],
    ['«"pased"» != outcome("survey")', /did you mean `passed`/],
    ['outcome("survey") in ["failed", «"pass"»]', /did you mean `passed`/],
    ['outcome("survey") == «"answered"»', /never "answered"/],
    ['outcome("asked") == «"passed"»', /an ask step is never "passed"/],
    ['outcome("asked") == «"applied"»', /never "applied"/],
    ['posture == «"agressive"»', /`posture` is never "agressive".*`aggressive`/],
    ['mode.effects == «"livve"»', /known words: applied, withheld/],
    ['mode.fleet != «"reel"»', /`real`/],
  ])('that can never be is refused: %s', (condition, says) => {
    const { text, ...place } = unmark(runbookOf(`${STEPS}${condition.replace(/^«/, '1 == 1 && «')}`))
    const findings = findingsOf(text)
    expect(findings).toMatchObject([{ severity: 'error', ...place }])
    expect(`${findings[0]?.message} ${findings[0]?.suggestion}`).toMatch(says)
  })

  test.each([
    'outcome("survey") == "passed"',
    'outcome("survey") in ["passed", "inconclusive", "skipped"]',
    'outcome("asked") != "answered"',
    'outcome("act") == "applied" || outcome("act") == "would-change"',
    'outcome("last") == "undone"',
    'posture == inputs.cluster',
    'mode.fleet + "x" == "realx"',
    'impact == "whatever"',
  ])('that can be is left alone: %s', condition => {
    expect(findingsOf(runbookOf(`${STEPS}${condition}`))).toEqual([])
  })
})
