import { expect, test } from 'vitest'
import { diagnose, sortDiagnostics } from '../../src/source/diagnostic.js'
import { formatDiagnostic } from '../../src/source/format-diagnostic.js'
import { sourceOf } from '../../src/source/source.js'
import { unmark } from './marks.js'

const format = (marked: string, message = 'wrong', suggestion?: string): string => {
  const { text } = unmark(marked)
  const span = { start: marked.indexOf('«'), end: marked.indexOf('»') - 1 }
  return formatDiagnostic(
    diagnose(sourceOf('f.yaml', text), span, { rule: 'some-rule', message, suggestion }),
    text,
  )
}

test('a finding shows its place, its line with carets, and what would be right', () => {
  expect(format('a: 1\nkey: «value» # x\n', 'wrong', 'write other')).toBe(
    [
      'f.yaml:2:6: error[some-rule]: wrong',
      '    2 | key: value # x',
      '      |      ^^^^^',
      '  help: write other',
    ].join('\n'),
  )
})

test('a finding over several lines has carets to the end of its first line', () => {
  expect(format('a: «one\n  two»\n').split('\n').slice(1)).toEqual(['    1 | a: one', '      |    ^^^'])
})

test('a long line is cut around the place', () => {
  const [, excerpt, carets] = format(`${'x'.repeat(5_000)}«here»${'y'.repeat(5_000)}`).split('\n')
  expect(excerpt?.length).toBeLessThan(120)
  expect(excerpt?.slice(carets?.indexOf('^'), (carets?.lastIndexOf('^') ?? 0) + 1)).toBe('here')
})

test('tabs and carriage returns do not move the carets', () => {
  const [, excerpt, carets] = format('a:\t\t«b»\r\n').split('\n')
  expect(excerpt).not.toMatch(/[\t\r]/)
  expect(carets?.indexOf('^')).toBe(excerpt?.indexOf('b'))
})

test('nothing in a file or a message reaches the terminal as a control sequence', () => {
  const shown = format('a: \u001b[31m«b»\u009b\u202e', 'key \u001b]0;x\u0007', 'write \u001b[2J')
  expect(shown.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u)
})

test.each(['a: 1«»', 'a: 1«»\nb: 2\n'])('an empty place (%j) has one caret, on its own line', marked => {
  expect(format(marked).split('\n')[2]).toBe('      |     ^')
})

test('findings are sorted as a person reads: file, line, column', () => {
  const at = (file: string, line: number, column: number) => ({
    ...diagnose(sourceOf(file, ''), { start: 0, end: 0 }, { rule: 'r', message: '' }),
    line,
    column,
  })
  const sorted = sortDiagnostics([at('b', 1, 1), at('a', 10, 1), at('a', 9, 2), at('a', 9, 1)])
  expect(sorted.map(({ file, line, column }) => `${file}${line}:${column}`)).toEqual([
    'a9:1',
    'a9:2',
    'a10:1',
    'b1:1',
  ])
})
