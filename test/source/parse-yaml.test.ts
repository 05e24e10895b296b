import { describe, expect, test } from 'vitest'
import { plainValue } from '../../src/source/node.js'
import { parseYaml } from '../../src/source/parse-yaml.js'
import { unmark } from './marks.js'

const REFUSED: readonly [name: string, marked: string, rule: string, says: RegExp][] = [
  ['a tag in place of a negation', 'when: «!x»\n', 'yaml-tag', /`!x` as a tag.*'!x'/],
  [
    'a tag that leaves a part of the value',
    'when: «!a» && b\n',
    'yaml-tag',
    /put the whole value in quotes: when: '!a && b'/,
  ],
  ['a lone exclamation mark', 'when: «! »x\n', 'yaml-tag', /tag/],
  ['a tag that YAML knows', 'when: «!!str »x\n', 'yaml-tag', /`!!str` as a tag/],
  ['a colon inside a value', 'expect: x == "a«:» b"\n', 'yaml-colon', /becomes a map.*expect: 'x == "a: b"'/],
  ['a colon inside a value of a list entry', '- if: a ? b «:» c\n', 'yaml-colon', /if: 'a \? b : c'/],
  [
    'a line that is indented too far',
    '- id: a\n      «wait»: 5m\n  title: x\n',
    'yaml-syntax',
    /`wait` is indented further than the key `id`.*like `id`/,
  ],
  ['a line indented below a value', 'a:\n  b: c\n    «d»: e\n', 'yaml-syntax', /`d`.*further.*`b`/],
  ['a colon without a blank', '- id: a\n  «wait:5m»\n', 'yaml-syntax', /`:` and a blank.*write wait: 5m/],
  ['a key without a colon', '- id: a\n  «notify x»\n', 'yaml-syntax', /`:` and a blank.*write notify: x/],
  [
    'a dash without a blank',
    '- id: a\n  b: c\n«-id»: b\n  b: c\n- id: c\n',
    'yaml-dash',
    /blank after the dash: - id:/,
  ],
  ['a colon inside braces', '{ if: «x == "a: b"» }\n', 'yaml-colon', /quotes/],
  ['a template inside braces', 'w: { c: «${{ a.b }}», d: "e" }\n', 'yaml-template', /"\$\{\{ a.b \}\}"/],
  ['a template inside brackets', 'w: [a, «${{ "b" }}»]\nx: 1\n', 'yaml-template', /'\$\{\{ "b" \}\}'/],
  ['text after a closing quote', 'expect: "a" «== x»\n', 'yaml-syntax', /expect: '"a" == x'/],
  ['an open quote', 'title: "abc«d»\n', 'yaml-syntax', /closing/],
  ['an open bracket', 'steps: «[»\n', 'yaml-syntax', /\]/],
  ['a tab as indentation', 'a:\n«\t»b: 1\n', 'yaml-syntax', /tabs.*spaces/],
  ['a second document', 'a: 1\n«---»\nb: 2\n', 'yaml-documents', /second YAML document/],
  ['a key twice', 'a: 1\nb: 2\n«a»: 3\n', 'duplicate-key', /twice/],
  ['__proto__ as a key', 'a: { «__proto__»: { x: 1 } }\n', 'reserved-key', /__proto__/],
  ['a quoted __proto__ as a key', '«"__proto__"»: 1\n', 'reserved-key', /__proto__/],
  ['constructor as a key', '«constructor»: 1\n', 'reserved-key', /constructor/],
  ['prototype as a key', '«prototype»: 1\n', 'reserved-key', /prototype/],
  ['a merge key', 'a: &a { x: 1 }\nb: { «<<»: *a }\n', 'yaml-merge', /write the keys out/],
  ['a list as a key', '? «[ a ]»\n: b\n', 'yaml-key', /plain word/],
  ['an alias of nothing', 'anchor: &near 1\nb: «*nera»\n', 'yaml-alias', /near/],
  ['an alias of itself', 'a: &a [ «*a» ]\n', 'yaml-alias', /not complete/],
  ['a number that loses its zero', 'account: «0123»\n', 'yaml-number', /123: the zero is lost.*"0123"/],
  ['a number too long to hold', 'account: «12345678901234567890»\n', 'yaml-number', /more digits/],
  ['not a number', 'a: «.nan»\n', 'yaml-number', /finite/],
  ['a control character', 'a: «"\\e[31m"»\n', 'yaml-control', /control character/],
  ['a YAML version', '«%YAML» 1.1\n---\na: yes\n', 'yaml-directive', /delete that line/],
]

describe('YAML that is refused', () => {
  test.each(REFUSED)('%s is named at its character', (_name, marked, rule, says) => {
    const { text, ...place } = unmark(marked)
    const [first, ...others] = parseYaml(text, 'f.yaml').diagnostics
    expect(first).toMatchObject({ rule, severity: 'error', file: 'f.yaml', ...place })
    expect(`${first?.message} ${first?.suggestion}`).toMatch(says)
    expect(others).toEqual([])
  })

  test.each([
    ['', /empty/],
    ['  \n\n', /empty/],
    ['# only\n  # comments\n', /only comments/],
    ['---\n', /only comments|empty/],
  ])('a file without content (%j) is said to have none', (text, says) => {
    const { root, diagnostics } = parseYaml(text, 'f.yaml')
    expect(root).toBeUndefined()
    expect(diagnostics).toMatchObject([{ rule: 'file-empty', line: 1, column: 1 }])
    expect(diagnostics[0]?.message).toMatch(says)
  })
})

describe('YAML that costs too much', () => {
  const bomb = (levels: number): string =>
    Array.from(
      { length: levels },
      (_, n) => `l${n}: &l${n} [${n === 0 ? 'x' : Array(10).fill(`*l${n - 1}`)}]`,
    ).join('\n')

  test.each([
    ['an alias bomb', bomb(9), 'yaml-too-large'],
    ['a million brackets', '['.repeat(1_000_000), 'yaml-too-large'],
    ['brackets over many lines', '[\n'.repeat(19_000), 'yaml-too-large'],
    ['a line of a million signs', '!'.repeat(1_000_000), 'yaml-too-large'],
    ['too many lines', '- a\n'.repeat(200_000), 'yaml-too-large'],
    [
      'many levels of indentation',
      Array.from({ length: 900 }, (_, n) => `${' '.repeat(n)}a:`).join('\n'),
      'yaml-too-deep',
    ],
    ['many levels in one line', `${'- '.repeat(300)}x`, 'yaml-too-deep'],
  ])('%s is refused', (_name, text, rule) => {
    const { root, diagnostics } = parseYaml(text, 'f.yaml')
    expect(root).toBeUndefined()
    expect(diagnostics[0]?.rule).toBe(rule)
  })

  test('a file with an error in every line gives the first twenty', () => {
    expect(parseYaml('a: !x\n'.repeat(100), 'f.yaml').diagnostics).toHaveLength(20)
  })
})

describe('YAML that is read', () => {
  const read = (text: string) => {
    const { root, diagnostics } = parseYaml(text, 'f.yaml')
    expect(diagnostics).toEqual([])
    return root && plainValue(root)
  }

  test('keys are texts as written, whatever YAML 1.1 made of them', () => {
    expect(read('yes: 1\n2: b\nnull: c\n')).toEqual({ yes: 1, '2': 'b', null: 'c' })
  })

  test('an alias repeats a value', () => {
    expect(read('a: &x { b: [1] }\nc: *x\n')).toEqual({ a: { b: [1] }, c: { b: [1] } })
  })

  test('a byte order mark is no content and takes no column', () => {
    expect(read('\uFEFFa: 1\n')).toEqual({ a: 1 })
    expect(parseYaml('\uFEFFa: !x\n', 'f.yaml').diagnostics[0]).toMatchObject({ line: 1, column: 4 })
  })

  test('lines may end with carriage returns', () => {
    expect(read('a: 1\r\nb:\r\n  - c\r\n')).toEqual({ a: 1, b: ['c'] })
    expect(parseYaml('a: 1\r\nb: !x\r\n', 'f.yaml').diagnostics[0]).toMatchObject({ line: 2, column: 4 })
  })
})
