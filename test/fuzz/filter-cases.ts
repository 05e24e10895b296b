import fc from 'fast-check'

// Prefixes as people write them, crowded around few places, so that they hold, touch and repeat each other.

export type Family = 'ipv4' | 'ipv6'
/** A prefix by its numbers; `first` has no bits set after the length. */
export type Block = { readonly family: Family; readonly first: bigint; readonly length: number }
/** Some text for it, and whether it names that block only loosely: with host bits, or as IPv6 where it is IPv4. */
export type Written = { readonly block: Block; readonly text: string; readonly loose: boolean }
export type FilterCase = { readonly candidates: readonly Written[]; readonly kept: readonly Written[] }

export const BITS = { ipv4: 32, ipv6: 128 } as const
export const MAPPED = 0xffffn << 32n

const sizeOf = ({ family, length }: Block): bigint => 1n << BigInt(BITS[family] - length)
export const lastOf = (block: Block): bigint => block.first + sizeOf(block) - 1n

const IPV4_PLACES = [0n, 0x0a010203n, 0x0a01ff00n, 0xc0000200n, 2n ** 32n - 1n]
const IPV6_PLACES = [
  0n,
  0x0a010203n,
  MAPPED - 1n,
  MAPPED + 2n ** 32n,
  0x2001_0db8n << 96n,
  (0x2001_0db8n << 96n) + 0xffffn,
  0x2002_0a01_0203n << 80n,
  0x2002_c000_0200n << 80n,
  2n ** 128n - 1n,
]

const lengths = (bits: number) =>
  fc.oneof(
    { weight: 1, arbitrary: fc.constantFrom(0, 1, bits) },
    { weight: 2, arbitrary: fc.integer({ min: bits - 9, max: bits }) },
    { weight: 3, arbitrary: fc.integer({ min: 0, max: bits }) },
  )

/** A few blocks of its own size away from the place. */
const block = (family: Family, places: readonly bigint[]): fc.Arbitrary<Block> =>
  fc
    .tuple(fc.constantFrom(...places), lengths(BITS[family]), fc.integer({ min: -2, max: 2 }))
    .map(([place, length, steps]) => {
      const size = sizeOf({ family, first: 0n, length })
      const moved = (place / size + BigInt(steps)) * size
      return { family, first: BigInt.asUintN(BITS[family], moved), length }
    })
    // these are IPv4, and `styles` below writes them as this
    .filter(({ family, first }) => family === 'ipv4' || first >> 32n !== 0xffffn)

const written = (family: Family, places: readonly bigint[]): fc.Arbitrary<Written> =>
  fc
    .tuple(block(family, places), fc.nat({ max: 2 ** 31 }), fc.boolean(), fc.nat({ max: 3 }))
    .map(([block, host, dirty, style]) => {
      const extra = dirty ? BigInt(host) % sizeOf(block) : 0n
      // with host bits it can come to be IPv4 by the letter, which is refused
      const loose = block.family === 'ipv4' || (block.first + extra) >> 32n !== 0xffffn ? extra : 0n
      return write(block, block.first + loose, style)
    })

const write = (block: Block, address: bigint, style: number): Written => {
  const isMapped = block.family === 'ipv4' && style > 1
  const bits = isMapped ? 96 + block.length : block.length
  const text = isMapped ? spell(MAPPED + address, style) : plain(block.family, address, style)
  const isOne = bits === (isMapped ? 128 : BITS[block.family])
  return {
    block,
    text: isOne && style % 2 === 0 ? text : `${text}/${bits}`,
    loose: isMapped || address !== block.first,
  }
}

const plain = (family: Family, address: bigint, style: number): string =>
  family === 'ipv4' ? dotted(address) : spell(address, style)

export const dotted = (address: bigint): string =>
  [24n, 16n, 8n, 0n].map(shift => (address >> shift) & 255n).join('.')

const groups = (address: bigint): string[] =>
  [112n, 96n, 80n, 64n, 48n, 32n, 16n, 0n].map(shift => ((address >> shift) & 0xffffn).toString(16))

/** All eight groups, the only form in which nothing is left out. */
export const full = (address: bigint): string => groups(address).join(':')

const padded = (address: bigint): string =>
  groups(address)
    .map(group => group.padStart(4, '0').toUpperCase())
    .join(':')

const tail = (address: bigint): string =>
  `${groups(address).slice(0, 6).join(':')}:${dotted(address & 0xffff_ffffn)}`

/** The last run of zeros left out, which need not be the longest. */
const squeezed = (address: bigint): string => {
  const all = groups(address)
  const end = all.lastIndexOf('0')
  if (end < 0) return all.join(':')
  let start = end
  while (start > 0 && all[start - 1] === '0') start -= 1
  return `${all.slice(0, start).join(':')}::${all.slice(end + 1).join(':')}`
}

const spell = (address: bigint, style: number): string => (STYLES[style] ?? full)(address)

const STYLES = [full, padded, tail, squeezed]

const anything = fc.oneof(written('ipv4', IPV4_PLACES), written('ipv6', IPV6_PLACES))

export const filterCase: fc.Arbitrary<FilterCase> = fc.record({
  candidates: fc.array(anything, { maxLength: 5 }),
  kept: fc.array(anything, { maxLength: 5 }),
})
