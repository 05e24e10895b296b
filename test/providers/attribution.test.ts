import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { attribute, type Source } from '../../src/providers/attribution.js'

const networkOf = (address: string): string => `${address.split('.').slice(0, 3).join('.')}.0/24`

/** So many addresses of a /24 each, from those numbers of networks, with so many connections each. */
const clients = (networks: number, each: number, connections: number, first = 0): Source[] =>
  Array.from({ length: networks * each }, (_, n) => ({
    address: `10.0.${first + Math.floor(n / each)}.${(n % each) + 1}`,
    connections,
  }))

const CALM = clients(40, 10, 10) // 4,000 connections

describe('a rise in connections', () => {
  it('is one address, where that holds it', () => {
    const found = attribute([...CALM, { address: '192.0.2.9', connections: 9_000 }], networkOf, 4_000)
    expect(found).toMatchObject({ total: 13_000, rise: 9_000, suspects: ['192.0.2.9'] })
    expect(found.share).toBeGreaterThan(0.99)
  })

  it('is one network, where no handful of its addresses holds it', () => {
    const flood = clients(1, 200, 50, 99)
    expect(attribute([...CALM, ...flood], networkOf, 4_000)).toMatchObject({
      rise: 10_000,
      suspects: ['10.0.99.0/24'],
    })
  })

  it('is nobody, where all have more: the greatest hold a small share, and that is said', () => {
    const surge = CALM.map(({ address }) => ({ address, connections: 30 }))
    expect(attribute(surge, networkOf, 4_000)).toMatchObject({
      rise: 8_000,
      risen: true,
      suspects: [],
      share: 0.25, // ten networks of forty
    })
  })

  it('is nobody, where few clients are all there are, and all have more', () => {
    const few = clients(3, 2, 90)
    expect(attribute(few, networkOf, 180)).toMatchObject({ rise: 360, risen: true, suspects: [], share: 1 })
  })

  it('is nobody, where as many as are no handful share it', () => {
    const many = clients(15, 10, 110, 100) // each of the fifteen holds as much as any other
    const found = attribute([...CALM, ...many], networkOf, 4_000)
    expect(found.suspects).toEqual([])
    expect(found.share).toBeGreaterThan(0.5)
    expect(found.share).toBeLessThan(0.7)
  })

  it('is none within a fifth of a calm day', () => {
    const found = attribute([...CALM, { address: '192.0.2.9', connections: 790 }], networkOf, 4_000)
    expect(found).toMatchObject({ rise: 790, risen: false, suspects: [], share: 0 })
  })

  it('is told by the peers alone where no calm day is known', () => {
    const found = attribute([...CALM, { address: '192.0.2.9', connections: 9_000 }], networkOf)
    expect(found).toMatchObject({ rise: 8_990, suspects: ['192.0.2.9'] })
  })

  it('is not a great customer who is as great as ever, also where nobody else holds much of it', () => {
    const great = { address: '192.0.2.1', connections: 3_000, usual: 3_000 }
    const more = CALM.map(({ address }) => ({ address, connections: 18, usual: 10 }))
    expect(attribute([...more, great], networkOf, 7_000)).toMatchObject({ rise: 3_200, suspects: [] })
    expect(attribute([...CALM, great], networkOf, 4_000).suspects).toEqual([])
    const neverSeen = { address: '192.0.2.1', connections: 3_000 }
    expect(attribute([...CALM, neverSeen], networkOf, 4_000).suspects).toEqual(['192.0.2.1'])
  })

  it('is whoever came besides a great customer', () => {
    const great = { address: '192.0.2.1', connections: 3_000, usual: 3_000 }
    const found = attribute(
      [...CALM, great, { address: '198.51.100.9', connections: 30_000 }],
      networkOf,
      7_000,
    )
    expect(found.suspects).toEqual(['198.51.100.9'])
  })

  it('is nothing where there is nobody', () => {
    expect(attribute([], networkOf, 4_000)).toMatchObject({ total: 0, rise: 0, suspects: [] })
    expect(attribute([], networkOf)).toMatchObject({ total: 0, rise: 0, suspects: [] })
  })

  it('never suspects more than a handful, and only those who hold something above the usual', () => {
    const source = fc.record({
      address: fc.tuple(fc.nat(3), fc.nat(3), fc.nat(255)).map(([a, b, c]) => `10.${a}.${b}.${c}`),
      connections: fc.nat(500),
    })
    fc.assert(
      fc.property(
        fc.uniqueArray(source, { selector: one => one.address }),
        fc.option(fc.nat(5_000)),
        (all, calm) => {
          const { suspects, share, total, addresses, networks } = attribute(all, networkOf, calm ?? undefined)
          expect(suspects.length).toBeLessThanOrEqual(10)
          expect(share).toBeGreaterThanOrEqual(0)
          expect(share).toBeLessThanOrEqual(1)
          const sum = (holders: typeof addresses) =>
            holders.reduce((so, { connections }) => so + connections, 0)
          expect([sum(addresses), sum(networks)]).toEqual([total, total])
        },
      ),
    )
  })
})
