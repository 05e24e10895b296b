import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createEvaluator } from '../../src/runbook/expressions/evaluate.js'
import { formatDiagnostic } from '../../src/source/format-diagnostic.js'
import { parse } from './catalogue.js'

const SHIPPED = readFileSync(new URL('../../runbooks/proxy-connection-surge.yaml', import.meta.url), 'utf8')

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

const mutation = fc.record({
  at: fc.integer({ min: 0, max: SHIPPED.length }),
  cut: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 60 })),
  put: fc.oneof(fc.constantFrom(...SPLINTERS), fc.string({ maxLength: 6 })),
})

const mutant = fc
  .array(mutation, { minLength: 1, maxLength: 4 })
  .map(steps =>
    steps.reduce((text, { at, cut, put }) => text.slice(0, at) + put + text.slice(at + cut), SHIPPED),
  )

/** Lines shuffled, dropped and repeated: mostly YAML, mostly no runbook. */
const shuffled = fc
  .array(fc.constantFrom(...SHIPPED.split('\n')), { maxLength: 60 })
  .map(lines => lines.join('\n'))

const splintered = fc
  .array(fc.oneof(fc.constantFrom(...SPLINTERS), fc.string({ maxLength: 4 })), { maxLength: 80 })
  .map(parts => parts.join(''))

const nested: fc.Arbitrary<string> = fc.jsonValue({ maxDepth: 5 }).map(value =>
  JSON.stringify({
    runbook: 'a',
    title: 'A',
    steps: [value, { id: 'a', check: value, with: value, expect: value }],
  }),
)

const holds = (text: string): void => {
  const before = performance.now()
  const { runbook, diagnostics, source } = parse(text)
  expect(performance.now() - before).toBeLessThan(1_000)
  expect(runbook === undefined).toBe(diagnostics.some(({ severity }) => severity === 'error'))
  const lines = text.split('\n').length
  for (const finding of diagnostics) {
    expect(finding.line).toBeGreaterThanOrEqual(1)
    expect(finding.line).toBeLessThanOrEqual(lines)
    expect(finding.column).toBeGreaterThanOrEqual(1)
    expect((finding.endLine - finding.line) * 1e6 + finding.endColumn - finding.column).toBeGreaterThan(0)
    expect(formatDiagnostic(finding, source)).not.toMatch(/\n\s+at |undefined|\[object/)
  }
}

test.each([
  ['the shipped runbook with splinters in it', mutant],
  ['lines of a runbook in any order', shuffled],
  ['splinters of YAML', splintered],
  ['any JSON', nested],
])('%s gives a runbook or findings, never an exception', (_name, arbitrary) => {
  fc.assert(fc.property(arbitrary, holds), { numRuns: 300 })
})

test('any text as an expression gives a value or a failure, never an exception', () => {
  const { evaluate } = createEvaluator({ inputs: {} })
  const scope = {
    ...{
      inputs: {},
      steps: { a: { b: [1] } },
      outcomes: {},
      visits: {},
      posture: 'conservative',
      impact: '',
      elapsedMs: 1,
    },
    ...{ incident: { id: 'x' }, mode: { fleet: 'simulated', effects: 'applied' } as const },
  }
  const word = fc.constantFrom(
    'steps',
    '.',
    'a',
    'b',
    '[',
    ']',
    '(',
    ')',
    '1',
    '1.5',
    '+',
    '==',
    '&&',
    '!',
    '"x"',
    'size(',
    'map(',
    'x',
    ',',
    '?',
    ':',
  )
  fc.assert(
    fc.property(fc.array(word, { maxLength: 20 }), words => {
      expect(typeof evaluate(words.join(''), scope).ok).toBe('boolean')
    }),
    { numRuns: 500 },
  )
})
