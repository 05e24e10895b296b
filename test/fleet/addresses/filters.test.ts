import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Block, filterCase, lastOf } from '../../fuzz/filter-cases.js'
import { tryFilter } from '../../fuzz/filter-trial.js'

// The short form of `npm run filters`.

test('no filter hits who is kept, and none lets anybody else go', () => {
  const met = new Map<string, number>()
  const cases = fc.sample(filterCase, 10_000)
  for (const tried of cases) {
    const texts = [tried.candidates, tried.kept].map(side => side.map(({ text }) => text).join(' '))
    expect(tryFilter(tried), texts.join(' minus ')).toEqual([])
    for (const { block: kept } of tried.kept)
      for (const { block: candidate } of tried.candidates) {
        const how = meeting(kept, candidate)
        met.set(how, (met.get(how) ?? 0) + 1)
      }
  }
  // Prefixes that never meet would prove nothing.
  for (const how of ['the same', 'inside', 'around', 'beside', 'elsewhere', 'of the other family'])
    expect(met.get(how), how).toBeGreaterThan(cases.length / 50)
})

const meeting = (kept: Block, candidate: Block): string => {
  if (kept.family !== candidate.family) return 'of the other family'
  const gaps = [kept.first - lastOf(candidate), candidate.first - lastOf(kept)]
  if (gaps.includes(1n)) return 'beside'
  if (gaps.some(gap => gap > 0n)) return 'elsewhere'
  if (kept.length === candidate.length) return 'the same'
  return kept.length > candidate.length ? 'inside' : 'around'
}
