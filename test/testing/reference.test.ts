import { expect, it } from 'vitest'
import { MEASURES } from '../../src/commands/support/testing/measures.js'
import { schemaRows } from '../../src/runbook/schema-rows.js'
import { DECISIONS } from '../../src/testing/decisions.js'
import { testFileReference } from '../../src/testing/reference.js'
import { CASE, EXPECTATION, FILE } from '../../src/testing/schema.js'

const TEXT = testFileReference(schemaRows, MEASURES)

const rowOf = (key: string): string[] => {
  const rows = TEXT.split('\n').filter(line => line.startsWith(`| \`${key}\` |`))
  expect(rows, key).toHaveLength(1)
  return rows[0]!
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map(cell => cell.trim())
}

const KEYS = [
  ...Object.keys(FILE.shape),
  ...Object.keys(CASE.shape),
  ...Object.keys(EXPECTATION.shape).map(key => `expect.${key}`),
]

it.each(KEYS)('the reference of test files has %s once, with what it is', key => {
  expect(rowOf(key).at(-1)).not.toBe('')
})

it('says what must be there, and what is so unless given', () => {
  expect(rowOf('scenario')).toEqual(['`scenario`', 'text', 'yes', '', expect.any(String)])
  expect(rowOf('answers').slice(2, 4)).toEqual(['no', '`{}`'])
  expect(rowOf('expect.outcome')[1]).toContain('`resolved`')
})

it.each([...Object.keys(DECISIONS), ...Object.keys(MEASURES)])('says what %s means', word => {
  expect(rowOf(word).at(-1)).not.toBe('')
})

it('says what a manual is answered with', () => {
  expect(rowOf('answers').at(-1)).toContain('`done` or `cannot`')
})

it('is Markdown in which each row has as many cells as its head', () => {
  const tables = TEXT.split('\n\n').filter(part => part.startsWith('|'))
  expect(tables).toHaveLength(4)
  for (const table of tables) {
    const [head = '', ...rows] = table.trim().split('\n').map(cellsIn)
    for (const row of rows) expect(row).toHaveLength(head.length)
  }
})

const cellsIn = (line: string): string[] => line.split(/(?<!\\)\|/)
