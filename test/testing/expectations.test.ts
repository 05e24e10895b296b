import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { loadTests } from '../../src/testing/test-file.js'
import { action, ask, check, choice, end, manual, parallel, runbook, until } from '../engine/histories.js'

const BOOK = runbook(
  check('look'),
  until('calm'),
  parallel('both', { a: [action('mend')], b: [ask('sure', choice('yes'))] }),
  manual('call'),
  end('over'),
)

/** What is found of a case that expects that. */
const found = async (expected: string): Promise<string[]> => {
  const dir = mkdtempSync(path.join(tmpdir(), 'fb-tests-'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
  const file = path.join(dir, 'a.test.yaml')
  writeFileSync(
    file,
    `runbook: a-runbook\ncases:\n  - { name: one, scenario: s, seed: 3, expect: ${expected} }\n`,
  )
  const { diagnostics, against } = await loadTests(file)
  return [...diagnostics, ...against({ runbook: BOOK })].map(
    ({ line, column, rule, message, suggestion }) => `${line}:${column} ${rule} ${message}; ${suggestion}`,
  )
}

describe('a case that expects nothing', () => {
  it.each(['{}', '{ steps: {} }', '{ steps: {}, score: {} }'])('as %s is told at `expect`', async expected => {
    expect(await found(expected)).toEqual([
      '3:40 test-expects-nothing the case expects nothing: it passes whatever comes out; give an outcome, steps or a score',
    ])
  })

  it.each(['{ outcome: paused }', '{ steps: { look: visited } }', '{ score: { minutes: null } }'])(
    'is not one that expects %s',
    async expected => {
      expect(await found(expected)).toEqual([])
    },
  )
})

describe('bounds of a score', () => {
  it.each([
    ['{}', 'any `minutes` is within these bounds; give min, max or both'],
    ['{ min: 5, max: 3 }', 'no `minutes` is at least 5 and at most 3; exchange min and max'],
  ])('that are %s are told', async (bound, words) => {
    expect(await found(`{ score: { minutes: ${bound} } }`)).toEqual([
      expect.stringContaining(`test-idle-bounds ${words}`),
    ])
  })

  it.each(['3', 'null', '{ min: 3 }', '{ max: 3 }', '{ min: 3, max: 3 }'])('may be %s', async bound => {
    expect(await found(`{ score: { minutes: ${bound} } }`)).toEqual([])
  })
})

describe('an outcome that the step can never have', () => {
  it.each([
    ['look', 'applied', 'check', 'passed, failed, inconclusive, undone, skipped, visited, not-visited'],
    ['look', 'would-change', 'check', 'passed'],
    ['mend', 'passed', 'action', 'applied'],
    ['sure', 'done', 'ask', 'answered, failed, undone'],
    ['call', 'answered', 'manual', 'done'],
    ['calm', 'passed', 'wait', 'done'],
    ['both', 'applied', 'parallel', 'done'],
    ['over', 'answered', 'end', 'done'],
  ])('%s: %s is told', async (id, outcome, kind, fitting) => {
    expect(await found(`{ steps: { ${id}: ${outcome} } }`)).toEqual([
      expect.stringContaining(
        `test-impossible-outcome \`${id}\` never comes out as \`${outcome}\`: it is a step of the kind ${kind}; there are: ${fitting}`,
      ),
    ])
  })

  it.each([
    '{ look: inconclusive, mend: refused, sure: answered, call: failed, calm: done, both: failed, over: not-visited }',
    '{ look: undone, mend: would-change, sure: skipped, call: would-change, calm: inconclusive, both: visited }',
  ])('is none of %s', async steps => {
    expect(await found(`{ steps: ${steps} }`)).toEqual([])
  })
})
