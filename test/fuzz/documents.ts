import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { NESTED } from './nested.js'

const at = (folder: string): string => fileURLToPath(new URL(folder, import.meta.url))

/** Runbooks that somebody could be editing. */
const RUNBOOKS: readonly string[] = [
  ...['../../runbooks', '../torture/runbooks'].flatMap(folder =>
    readdirSync(at(folder))
      .filter(name => name.endsWith('.yaml') && name !== 'fleet.yaml')
      .map(name => readFileSync(`${at(folder)}/${name}`, 'utf8')),
  ),
  ...Array.from({ length: 4 }, () => NESTED), // most kinds of steps, so it is edited as often as several others
]

const SPLINTERS = [
  ...[
    '!',
    '&a ',
    '*a',
    '# ',
    ': ',
    '- ',
    '${{ ',
    ' }}',
    '"',
    "'",
    '|\n',
    '>-\n',
    '\t',
    '[',
    ']',
    '{',
    '}',
    '<<: ',
    '\u0000',
  ],
  ...[
    '__proto__',
    'constructor: 1\n',
    'steps',
    'size(',
    'result.',
    'goto: ',
    'id: a',
    '1e999',
    'ünï',
    '\u{1F525}',
    '\r\n',
    '---\n',
  ],
]

/** What stands in for a word of a runbook: other words of runbooks, and some that do not belong there. */
const WORDS = [
  ...[
    'survey',
    'replace',
    'stuck',
    'calm',
    'resolved',
    'unresolved',
    'yes',
    'no',
    'true',
    'false',
    'null',
    '3',
    '0',
    '-1',
    '60s',
    '5 minutes',
  ],
  ...[
    'continue',
    'undo',
    'ask',
    'abort',
    'check',
    'action',
    'wait',
    'when',
    'with',
    'expect',
    'limit',
    'verify',
    'again',
    'steps',
    'inputs',
  ],
  ...['parallel', 'each', 'run', 'notify', 'until', 'retry', 'timeout', 'as', 'max_parallel', 'within', 'item'],
  ...['both', 'left', 'look', 'many', 'steps.both.left.look', 'steps.many.items[0].replace', 'proxy.id'],
  ...[
    'size(result.hot)',
    'steps.survey.hot_share',
    'outcome("survey")',
    'visits("replace")',
    '&&',
    '||',
    '==',
    '>',
    '!',
    '"text"',
    '[]',
    '{}',
  ],
]

type Change = (text: string) => string

const lineOf = (text: string, nth: number): readonly [lines: string[], index: number] => {
  const lines = text.split('\n')
  return [lines, nth % lines.length]
}

/** A word in the place of another one: mostly a runbook still. */
const wordChange = fc.tuple(fc.nat(), fc.constantFrom(...WORDS)).map(([nth, word]): Change => {
  return text => {
    const found = [...text.matchAll(/[\w.]+/g)]
    const one = found[nth % Math.max(1, found.length)]
    return one ? text.slice(0, one.index) + word + text.slice(one.index + one[0].length) : text
  }
})

const lineDropped = fc.nat().map(
  (nth): Change =>
    text => {
      const [lines, index] = lineOf(text, nth)
      return lines.toSpliced(index, 1).join('\n')
    },
)

const lineMoved = fc.tuple(fc.nat(), fc.nat()).map(
  ([from, to]): Change =>
    text => {
      const [lines, index] = lineOf(text, from)
      const [line = ''] = lines.splice(index, 1)
      return lines.toSpliced(to % (lines.length + 1), 0, line).join('\n')
    },
)

const lineRepeated = fc.nat().map(
  (nth): Change =>
    text => {
      const [lines, index] = lineOf(text, nth)
      return lines.toSpliced(index, 0, lines[index] ?? '').join('\n')
    },
)

const numberChanged = fc.tuple(fc.nat(), fc.integer({ min: -2, max: 400 })).map(
  ([nth, to]): Change =>
    text => {
      const found = [...text.matchAll(/\b\d+\b/g)]
      const one = found[nth % Math.max(1, found.length)]
      return one ? text.slice(0, one.index) + String(to) + text.slice(one.index + one[0].length) : text
    },
)

const titleChanged = fc.string({ maxLength: 12 }).map(
  (title): Change =>
    text =>
      text.replace(/^title: .*$/m, `title: ${JSON.stringify(title || 'x')}`),
)

const splintered = fc.tuple(fc.nat(), fc.nat({ max: 40 }), fc.constantFrom(...SPLINTERS)).map(
  ([place, cut, put]): Change =>
    text =>
      text.slice(0, place % (text.length + 1)) + put + text.slice((place % (text.length + 1)) + cut),
)

/** As somebody edits: small changes, most of them to words and lines. */
const edited = fc
  .tuple(
    fc.constantFrom(...RUNBOOKS),
    fc.array(
      fc.oneof(
        { weight: 4, arbitrary: wordChange },
        { weight: 3, arbitrary: numberChanged },
        { weight: 2, arbitrary: titleChanged },
        { weight: 2, arbitrary: lineDropped },
        { weight: 1, arbitrary: lineMoved },
        { weight: 1, arbitrary: lineRepeated },
        { weight: 2, arbitrary: splintered },
      ),
      { minLength: 1, maxLength: 4 },
    ),
  )
  .map(([text, changes]) => changes.reduce((before, change) => change(before), text))

const nonsense = fc
  .array(fc.oneof(fc.constantFrom(...SPLINTERS, ...WORDS), fc.string({ maxLength: 4 })), { maxLength: 80 })
  .map(parts => parts.join(''))

const anyJson = fc.jsonValue({ maxDepth: 5 }).map(value =>
  JSON.stringify({
    runbook: 'a',
    title: 'A',
    steps: [value, { id: 'a', check: value, with: value, expect: value }],
  }),
)

/** Deep, long and repeated things, which parsers are slow on. */
const large = fc
  .tuple(fc.constantFrom('[', '{a: ', '- ', '(', '!', 'x: &a [', '"'), fc.integer({ min: 50, max: 3_000 }))
  .map(([part, times]) => `runbook: a\ntitle: A\nsteps:\n  - id: a\n    when: ${part.repeat(times)}\n`)

/** Texts that may be anything from a runbook that works to no YAML at all. */
export const document: fc.Arbitrary<string> = fc.oneof(
  { weight: 14, arbitrary: edited },
  { weight: 2, arbitrary: nonsense },
  { weight: 2, arbitrary: anyJson },
  { weight: 1, arbitrary: large },
)
