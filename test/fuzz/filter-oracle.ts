import { BITS, type Block, dotted, type Family, full, lastOf, MAPPED } from './filter-cases.js'

// What the answer must be, by a sweep over all edges. It shares nothing with the code under test, nor with its library.

export type Span = { readonly first: bigint; readonly last: bigint }

export const spanOf = (block: Block): Span => ({ first: block.first, last: lastOf(block) })

export const spansOf = (blocks: readonly Block[], family: Family): Span[] =>
  blocks.filter(block => block.family === family).map(spanOf)

export const isIn = (spans: readonly Span[], address: bigint): boolean =>
  spans.some(({ first, last }) => first <= address && address <= last)

/** What is in a span of `some` and in none of `others`, by address; neighbours are one span. */
export const sweep = (some: readonly Span[], others: readonly Span[]): readonly Span[] => {
  const edges = [...some, ...others].flatMap(({ first, last }) => [first, last + 1n])
  const sorted = [...new Set(edges)].sort((a, b) => (a < b ? -1 : 1))
  const found: Span[] = []
  for (const [at, first] of sorted.entries()) {
    const last = (sorted[at + 1] ?? first) - 1n
    if (!isIn(some, first) || isIn(others, first)) continue
    const before = found.at(-1)
    if (before?.last === first - 1n) found[found.length - 1] = { first: before.first, last }
    else found.push({ first, last })
  }
  return found
}

/** What no filter of that family may touch for the sake of the kept, as test/conformance/client-forms.test.ts finds it. */
export const untouchable = (kept: readonly Block[], family: Family): readonly Span[] => [
  ...spansOf(kept, family),
  ...(family === 'ipv4' ? kept.flatMap(insideOf) : []),
  ...(family === 'ipv6' && kept.some(block => block.family === 'ipv4')
    ? [{ first: MAPPED, last: MAPPED + 2n ** 32n - 1n }]
    : []),
]

/** The IPv4 addresses inside addresses of 2002::/16, after 16 bits, and of ::/96, after 96. */
const insideOf = (block: Block): Span[] => {
  const { first, last } = spanOf(block)
  if (block.family === 'ipv4') return []
  if (first >> 112n === 0x2002n && last >> 112n === 0x2002n)
    return [{ first: BigInt.asUintN(32, first >> 80n), last: BigInt.asUintN(32, last >> 80n) }]
  return last < 2n ** 32n ? [{ first, last }] : []
}

/** The fewest prefixes with exactly these addresses: from the left, each as large as it can be. */
export const fewest = (spans: readonly Span[], family: Family): readonly string[] =>
  spans.flatMap(({ first, last }) => {
    const texts: string[] = []
    for (let at = first; at <= last; ) {
      let free = 0
      while (free < BITS[family] && fits(at, free + 1, last)) free += 1
      texts.push(textOf(family, at, BITS[family] - free))
      at += 1n << BigInt(free)
    }
    return texts
  })

const fits = (at: bigint, free: number, last: bigint): boolean =>
  BigInt.asUintN(free, at) === 0n && at + (1n << BigInt(free)) - 1n <= last

/** Canonical, by the WHATWG's serialiser: the longest run of zeros left out, the first of several, no dots. */
export const textOf = (family: Family, address: bigint, length: number): string =>
  `${family === 'ipv4' ? dotted(address) : new URL(`http://[${full(address)}]`).hostname.slice(1, -1)}/${length}`
