import { isIPv4, isIPv6 } from 'node:net'
import { parseCidr } from 'cidr-tools'
import { BITS, type Family, familyOf, type Prefix, prefixAround } from '../../fleet/addresses/prefix.js'

/** Addresses from the first to the last, both included. */
export type Span = {
  /** `192.0.2.0/24`, or `192.0.2.1-192.0.2.9` for what is no prefix. */
  readonly text: string
  readonly family: Family
  readonly first: bigint
  readonly last: bigint
}

export const spanOf = (prefix: Prefix): Span => {
  const { start, end } = parseCidr(prefix)
  return { text: prefix, family: familyOf(prefix), first: start, last: end }
}

/** As nft prints it: an address, alone or with a length. Undefined where it is none. */
export const readSpan = (address: string, length?: number): Span | undefined => {
  const bits = isIPv4(address) ? BITS.ipv4 : isIPv6(address) ? BITS.ipv6 : undefined
  return bits === undefined ? undefined : spanOf(prefixAround(address, length ?? bits))
}

/** What nft takes beside prefixes. Firebreak adds none. */
export const readRange = (from: string, to: string): Span | undefined => {
  const [first, last] = [readSpan(from), readSpan(to)]
  return first && last && { ...first, text: `${from}-${to}`, last: last.last }
}

export const isSame = (one: Span, other: Span): boolean =>
  one.family === other.family && one.first === other.first && one.last === other.last

/** They have an address in common. */
export const overlaps = (one: Span, other: Span): boolean =>
  one.family === other.family && one.first <= other.last && other.first <= one.last

/** Two of them that have an address in common, or are the same. */
export const findOverlap = (spans: readonly Span[]): readonly [Span, Span] | undefined => {
  const sorted = spans.toSorted(
    (a, b) => a.family.localeCompare(b.family) || Number(a.first > b.first) - Number(a.first < b.first),
  )
  // Up to there none overlapped, so that none before the last one reaches further than it.
  for (const [index, span] of sorted.entries()) {
    const before = sorted[index - 1]
    if (before !== undefined && overlaps(before, span)) return [before, span]
  }
  return undefined
}
