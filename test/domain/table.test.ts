import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { entryOf, type Table, valuesOf, withEntry } from '../../src/domain/table.js'

const EMPTY: Table<number> = []

describe('a table', () => {
  it('behaves as a Map does, for any changes in any order', () => {
    const change = fc.tuple(
      fc.constantFrom('constructor', '__proto__', ...Array.from({ length: 400 }, (_, n) => `k${n}`)),
      fc.integer(),
    )
    fc.assert(
      fc.property(fc.array(change, { maxLength: 900, size: 'max' }), changes => {
        const map = new Map(changes)
        const table = changes.reduce((before, [key, value]) => withEntry(before, key, value), EMPTY)
        expect(valuesOf(table)).toEqual([...map.values()])
        for (const [key, value] of map) expect(entryOf(table, key)).toBe(value)
        expect(entryOf(table, 'absent')).toBeUndefined()
        expect(entryOf(table, 'toString')).toBeUndefined()
      }),
      { numRuns: 50 },
    )
  })

  it('leaves the one before as it was', () => {
    const before = withEntry(EMPTY, 'a', 1)
    withEntry(withEntry(before, 'a', 2), 'b', 3)
    expect(valuesOf(before)).toEqual([1])
  })
})
