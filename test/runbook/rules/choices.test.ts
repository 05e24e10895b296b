import { describe, expect, test } from 'vitest'
import { VERB } from '../../../src/domain/question.js'
import { unmark } from '../../source/marks.js'
import { parse, runbookOf } from '../catalogue.js'

const asking = (...names: readonly string[]): string =>
  runbookOf(
    `- id: asked\n  ask: x\n  choices:\n${names.map((name, at) => `    ${name}: { label: L${at}, ${at === 0 ? 'recommended: true' : 'end: mitigated'} }\n`).join('')}`,
  )

const expectAt = (marked: string, rule: string, severity: string, says: RegExp): void => {
  const { text, ...place } = unmark(marked)
  const { diagnostics } = parse(text)
  expect(diagnostics).toMatchObject([{ rule, severity, ...place }])
  expect(`${diagnostics[0]?.message} ${diagnostics[0]?.suggestion}`).toMatch(says)
}

describe('the name of a choice', () => {
  test.each([...Object.values(VERB), 'x', 'Skip'])('that is `%s` hides what an operator types', name => {
    expectAt(asking('go_on', `«${name}»`), 'choice-hides-verb', 'warning', /nobody can type `[a-z]+` to /)
  })

  test.each([
    ['a sign', '«"?"»', /no word that an operator can type/],
    ['a blank', '«go on»', /`label`/],
    ['an accent', '«hé»', /letters, digits/],
    ['another one in capitals', '«Go_On»', /`Go_On` and `go_on` are the same word/],
  ])('with %s is refused', (_name, name, says) => {
    expectAt(asking('go_on', name), 'choice-name', 'error', says)
  })

  test('that is a plain word is left alone', () => {
    expect(parse(asking('go_on', 'no', 'skip-it', 'Y2', '3')).diagnostics.map(({ rule }) => rule)).toEqual(
      expect.not.arrayContaining(['choice-name', 'choice-hides-verb']),
    )
  })
})
