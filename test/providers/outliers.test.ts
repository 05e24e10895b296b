import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compare, median, type Seen } from '../../src/providers/outliers.js'

/** Proxies p1, p2, … with these counts, and no limits. */
const proxies = (...counts: number[]): Seen[] =>
  counts.map((connections, index) => ({ id: `p${index + 1}`, connections, fill: 0 }))

const hotIds = (seen: readonly Seen[], baseline?: number): string[] =>
  compare(seen, baseline).map(({ id }) => id)

describe('among its peers', () => {
  it.each<[string, number[], string[]]>([
    ['no proxy', [], []],
    ['one alone', [5_000], []],
    ['all alike', [900, 900, 900, 900, 900, 900], []],
    ['all at zero', [0, 0, 0, 0, 0, 0], []],
    ['one client where the others have none', [0, 0, 1], []],
    ['a few clients where the others have none', [0, 0, 5], []],
    ['more than a few where the others have none', [0, 0, 6], ['p3']],
    ['few clients, twice as many on one', [9, 9, 9, 18], []],
    ['few clients, four times as many on one', [9, 9, 9, 36], ['p4']],
    ['ordinary spread', [850, 900, 950, 880, 920, 1_000], []],
    ['one hot among six', [900, 910, 890, 905, 895, 9_000], ['p6']],
    ['two hot of six', [900, 910, 8_000, 905, 895, 9_000], ['p6', 'p3']],
    ['one a little above near-equal peers', [1_000, 1_000, 1_000, 1_000, 1_000, 1_001], []],
    ['one a third above near-equal peers', [1_000, 1_001, 999, 1_000, 1_002, 1_330], []],
    ['one at exactly half as much again', [1_000, 1_000, 1_000, 1_000, 1_000, 1_500], []],
    ['one at more than half as much again', [1_000, 1_000, 1_000, 1_000, 1_000, 1_501], ['p6']],
    ['a new one at zero', [900, 910, 890, 905, 895, 0], []],
    ['a new one at zero beside a hot one', [900, 910, 890, 905, 9_000, 0], ['p5']],
    ['a wide spread, where twice the median is ordinary', [100, 500, 900, 1_300, 1_700, 1_800], []],
  ])('%s', (_what, counts, hot) => {
    expect(hotIds(proxies(...counts))).toEqual(hot)
  })

  it('says how far above the median it is', () => {
    expect(compare(proxies(100, 100, 100, 100, 1_000), undefined)).toMatchObject([
      { id: 'p5', because: '10.0 times the median' },
    ])
  })

  it('is hot by no more than one reason, hottest first, and in a fixed order where two are equal', () => {
    const seen = proxies(9_000, 900, 9_000, 900, 900, 9_500).map(proxy => ({ ...proxy, fill: 0.9 }))
    expect(hotIds(seen)).toEqual(['p6', 'p1', 'p3', 'p2', 'p4', 'p5'])
  })

  it('is judged whatever the order in which they answered', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 20_000 }), { maxLength: 12 }).chain(counts => {
          const seen = proxies(...counts)
          return fc.tuple(fc.constant(seen), fc.shuffledSubarray(seen, { minLength: seen.length }))
        }),
        ([seen, shuffled]) => {
          expect(compare(shuffled, 900)).toEqual(compare(seen, 900))
        },
      ),
    )
  })
})

describe('near its own limit', () => {
  it.each([
    [0.79, []],
    [0.8, ['p1']],
    [1, ['p1']],
  ])('a proxy whose fullest frontend is %d full', (fill, hot) => {
    const [one, ...others] = proxies(900, 900, 900)
    expect(hotIds([{ ...one!, fill }, ...others])).toEqual(hot)
  })

  it('says how full it is', () => {
    const [one] = proxies(900)
    expect(compare([{ ...one!, fill: 0.854 }], undefined)[0]?.because).toBe('85 % of its limit')
  })
})

describe('against the calm baseline', () => {
  it.each<[string, number[], number | undefined, number]>([
    ['an even surge to twice of it', [1_800, 1_800, 1_800], 900, 3],
    ['an even rise to less than twice of it', [1_799, 1_799, 1_799], 900, 0],
    ['an even surge where no baseline is known', [1_800, 1_800, 1_800], undefined, 0],
    ['all at zero, with a baseline of zero', [0, 0, 0], 0, 0],
    ['an ordinary load, with a baseline of zero', [900, 900, 900], 0, 0],
    ['all at zero, with an ordinary baseline', [0, 0, 0], 900, 0],
  ])('%s', (_what, counts, baseline, hot) => {
    expect(compare(proxies(...counts), baseline)).toHaveLength(hot)
  })

  it('says how far above it is', () => {
    expect(compare(proxies(2_700, 2_700), 900)[0]?.because).toBe('3.0 times the calm baseline')
  })
})

describe('the median', () => {
  it.each([
    [[], 0],
    [[7], 7],
    [[3, 1, 2], 2],
    [[4, 1, 3, 2], 2.5],
    [[10, 9, 100], 10],
  ])('of %j is %d', (values, middle) => {
    expect(median(values)).toBe(middle)
  })
})
