import { describe, expect, test } from 'vitest'
import { unmark } from '../source/marks.js'
import { parse, runbookOf, survey } from './catalogue.js'

const PAUSE = '- id: pause\n  wait: 1s\n'
const ASKED = '- id: asked\n  ask: x\n  choices: { y: { label: Y, recommended: true } }\n'

/** The condition of a step that comes after a check, a question and a wait. */
const when = (condition: string): string =>
  runbookOf(`${survey()}${ASKED}${PAUSE}- id: last\n  manual: x\n  when: ${condition}`)

const expecting = (condition: string): string => runbookOf(survey(`  expect: ${condition}\n`))

const expectOne = (marked: string, rule: string, says: RegExp): void => {
  const { text, ...place } = unmark(marked)
  const { diagnostics } = parse(text)
  expect(diagnostics.map(finding => `${finding.rule}: ${finding.message}`)).toHaveLength(1)
  expect(diagnostics[0]).toMatchObject({ rule, severity: 'error', ...place })
  expect(`${diagnostics[0]?.message} ${diagnostics[0]?.suggestion}`).toMatch(says)
}

describe('an expression that is right', () => {
  test.each([
    'size(steps.survey.hot) == 0 && size(steps.survey.unseen) == 0',
    'steps.survey.hot_share > 1',
    'steps.survey.hot_share * 2 + 1 >= 3 - steps.survey.median / 2',
    'size(steps.survey.hot) * 1.5 > steps.survey.median',
    'steps.survey.median == 0 || 3 != inputs.count',
    'steps.survey.median % 2 == 1',
    'steps.survey.hot.exists(h, h.connections > 100 && h.id in steps.survey.worst)',
    'steps.survey.proxies.filter(p, has(p.limit)).all(p, p.connections < p.limit)',
    'steps.survey.hot[0].id.startsWith("p")',
    'has(steps.survey) && has(steps.asked)',
    'steps.asked.choice == "y"',
    'outcome("survey") == "passed" && visits("pause") < 3',
    'posture == "aggressive" || impact == "sev1"',
    'elapsed > duration("1h30m") && elapsed < inputs.patience',
    'incident.id != "" && mode.fleet == "real" && mode.effects == "applied"',
    'inputs.sure',
    'true',
  ])('%s loads', condition => {
    expect(parse(when(condition)).diagnostics).toEqual([])
  })
})

describe('an expression that cannot be right', () => {
  test.each([
    ['an unknown step', 'steps.«surve».median > 1', 'expression-unknown-field', /no step `surve`.*`survey`/],
    [
      'a step without an output',
      'steps.«pause» == 1',
      'expression-unknown-field',
      /no step `pause` with an output/,
    ],
    ['an unknown field', 'steps.survey.«hotshare» > 1', 'expression-unknown-field', /`hotshare`.*`hot_share`/],
    [
      'an unknown field of an item',
      'steps.survey.hot[0].«idd» == "a"',
      'expression-unknown-field',
      /did you mean `id`/,
    ],
    [
      'an unknown field in a macro',
      'steps.survey.hot.exists(h, h.«conections» > 1)',
      'expression-unknown-field',
      /`connections`/,
    ],
    ['an unknown field of an answer', 'steps.asked.«choise» == "y"', 'expression-unknown-field', /`choice`/],
    ['an unknown input', 'inputs.«cout» > 1', 'expression-unknown-field', /no input `cout`.*`count`/],
    ['an unknown name', '«postur» == "x"', 'expression-unknown-name', /`posture`/],
    ['a word without quotes', 'posture == «aggressive»', 'expression-unknown-name', /not known/],
    [
      'a result where there is none',
      '«result».median > 1',
      'expression-unknown-name',
      /`expect` of a check only/,
    ],
    ['an unknown function', '«siz(inputs.cluster)» > 1', 'expression-call', /no function `siz`.*`size`/],
    ['a function of something else', '«size(inputs.count)» > 1', 'expression-call', /does not take a number/],
    ['a text plus a number', '«inputs.cluster + 1» == "a"', 'expression-type', /text and a number.*string\(/],
    ['a comparison of unlike things', '«inputs.cluster == 1»', 'expression-type', /text and a number/],
    [
      'a number as a condition',
      '«inputs.count»',
      'expression-type',
      /must be true or false, and this is a number.*inputs.count > 0/,
    ],
    ['a list as a condition', '«steps.survey.hot»', 'expression-type', /size\(steps.survey.hot\) > 0/],
    ['a number joined with and', '«inputs.sure && inputs.count»', 'expression-type', /bool/],
    [
      'an unknown step in visits',
      'visits(«"surve"») > 1',
      'expression-unknown-step',
      /no step `surve`.*`survey`/,
    ],
    [
      'an unknown step in outcome',
      'outcome(«"replace"») == "x"',
      'expression-unknown-step',
      /no step `replace`/,
    ],
    [
      'a step that is no text in visits',
      'visits(«inputs.cluster») > 1',
      'expression-unknown-step',
      /in quotes/,
    ],
    ['an unknown step in has', 'has(steps.«surve»)', 'expression-unknown-field', /never exists.*`survey`/],
    ['an unknown field in has', 'has(steps.survey.«hott»)', 'expression-unknown-field', /`hot`/],
    [
      'a division that loses its fraction',
      '«size(steps.survey.hot) / size(steps.survey.proxies)» > 0.5',
      'expression-division',
      /double\(/,
    ],
    ['an impossible duration', 'elapsed > duration(«"5x"»)', 'expression-duration', /"5x" is not a duration/],
    ['a template', '«${{ inputs.sure }}»', 'expression-syntax', /without \${{ }}: inputs.sure/],
    ['a single equals sign', 'inputs.count «=» 1', 'expression-syntax', /character: =.*did you mean `==`/],
    ['a single ampersand', 'inputs.sure «&» true', 'expression-syntax', /did you mean `&&`/],
    ['a single bar', 'inputs.sure «|» true', 'expression-syntax', /did you mean `\|\|`/],
    [
      'a word for and',
      'inputs.sure «and» true',
      'expression-syntax',
      /`and` cannot stand here.*writes `&&` for `and`/,
    ],
    ['a word for or', 'inputs.sure «or» true', 'expression-syntax', /writes `\|\|` for `or`/],
    ['a word for not', 'not «inputs».sure', 'expression-syntax', /writes `!` for `not`/],
    ['a bare duration', 'elapsed > 5«m»', 'expression-syntax', /write duration\("5m"\)/],
    ['half a choice of two', 'inputs.sure ? tru«e»', 'expression-syntax', /the `:` part is missing/],
    ['an id without quotes', 'outcome(«survey») == "passed"', 'expression-unknown-name', /outcome\("survey"\)/],
    ['a yes', '«yes»', 'expression-unknown-name', /write true/],
  ] as const)('%s is named at its character', (_name, condition, rule, says) => {
    expectOne(when(condition), rule, says)
  })

  test.each([
    ['inputs.count >', 'the expression ends too early'],
    ['(inputs.sure', 'the expression ends too early'],
    ['inputs.sure)', 'unexpected character: )'],
  ])('%s is broken at its end', (condition, message) => {
    const text = when(condition)
    const line = text.split('\n').findIndex(written => written.includes(condition)) + 1
    const column = '  when: '.length + condition.length
    const [finding, ...others] = parse(text).diagnostics
    expect(finding).toMatchObject({ rule: 'expression-syntax', line, message: expect.stringMatching(/./) })
    expect([column, column + 1]).toContain(finding?.column)
    if (message.includes('early')) expect(finding?.message).toBe(message)
    expect(others).toEqual([])
  })

  test.each([
    ['too long', `${'inputs.sure && '.repeat(200)}true`],
    ['too deep', `${'('.repeat(200)}true${')'.repeat(200)}`],
    ['too large', Array(300).fill('1 == 1').join('&&')],
  ])('%s is refused', (_name, condition) => {
    expect(parse(when(condition)).diagnostics).toMatchObject([{ rule: 'expression-too-large' }])
  })
})

describe('where an expression stands', () => {
  test('result is the output of that very check', () => {
    expect(parse(expecting('result.median < 3 && size(result.hot) == 0')).diagnostics).toEqual([])
    expectOne(expecting('result.«mediann» < 3'), 'expression-unknown-field', /`median`/)
    expectOne(expecting('«results».median < 3'), 'expression-unknown-name', /did you mean `result`/)
  })

  test.each([
    ['single quotes', "'result.worst[0] == ''a'' && result.«medan» < 3'"],
    ['double quotes', '"result.worst[0] == \\"\\u0061\\" && result.«medan» < 3"'],
    ['a folded block', '>-\n    size(result.hot) == 0 &&\n    result.«medan» < 3'],
    ['a literal block', '|\n    size(result.hot) == 0 &&\n      result.«medan» < 3\n'],
    ['two lines without quotes', 'size(result.hot) == 0 &&\n    result.«medan» < 3'],
  ])('its character is found in %s', (_name, condition) => {
    expectOne(expecting(condition), 'expression-unknown-field', /`median`/)
  })

  test('its character is found inside a text', () => {
    expectOne(
      runbookOf('- id: a\n  manual: >-\n    Look at ${{ inputs.cluster }}\n    and ${{ inputs.«clutser» }}.'),
      'expression-unknown-field',
      /`cluster`/,
    )
  })

  test('a hash that YAML takes for a comment is named', () => {
    expectOne(
      expecting('result.worst[0] == "a «#» b"'),
      'yaml-comment',
      /expect: 'result.worst\[0\] == "a # b"'/,
    )
    expectOne(
      runbookOf('- id: a\n  manual: do ${{ "a «#» b" }}'),
      'yaml-comment',
      /manual: 'do \${{ "a # b" }}'/,
    )
  })

  test('a comment after a whole expression is a comment', () => {
    expect(parse(expecting('size(result.hot) == 0 # none "hot"')).diagnostics).toEqual([])
  })

  test('a colon that YAML takes for a key is named', () => {
    expectOne(expecting('result.worst[0] == "a«:» b"'), 'yaml-colon', /expect: '/)
    expectOne(expecting('\n    result.worst[0] == "a«:» b"'), 'yaml-colon', /'result.worst/)
  })

  test('an exclamation mark that YAML takes for a tag is named', () => {
    expectOne(when('«!inputs.sure»'), 'yaml-tag', /when: '!inputs.sure'/)
    expectOne(when('«!has(steps.survey)» && true'), 'yaml-tag', /when: '!has\(steps.survey\) && true'/)
  })

  test('an error in one step leaves the others checked', () => {
    const steps = `- id: survey\n  check: proxy.conections\n${PAUSE}- id: last\n  manual: x\n  when: steps.survey.whatever > 1 && inputs.cout > 1`
    expect(parse(runbookOf(steps)).diagnostics.map(({ rule }) => rule)).toEqual([
      'unknown-check',
      'expression-unknown-field',
    ])
  })
})
