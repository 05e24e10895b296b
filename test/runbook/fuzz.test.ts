import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createEvaluator } from '../../src/runbook/expressions/evaluate.js'
import { document } from '../fuzz/documents.js'
import { createTrial } from '../fuzz/trial.js'
import { catalogue } from './catalogue.js'

// The short form of `npm run fuzz`.

test('whatever is written, it gives a runbook or findings, never an exception', () => {
  const trial = createTrial(catalogue)
  let [typed, valid] = [0, 0]
  const documents = fc.sample(document, 300)
  for (const text of documents) {
    const tried = trial(text)
    expect(tried.wrong, text).toEqual([])
    typed += tried.typed ? 1 : 0
    valid += tried.valid ? 1 : 0
  }
  // Documents that all fall at the first fence would prove nothing of those behind it.
  expect(typed / documents.length).toBeGreaterThan(0.2)
  expect(valid / documents.length).toBeGreaterThan(0.03)
})

test('any text as an expression gives a value or a failure, never an exception', () => {
  const { evaluate } = createEvaluator()
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
