import { ipv4Text, ipv4Value, lengthOf, type Prefix } from './prefix.js'

/**
 * `candidates` without `kept`, all of them IPv4, as the fewest prefixes by address. A sweep of our own, in which a
 * prefix is one number: lists of 100,000 are usual, and with the objects that cidr-tools makes of each, the bench
 * against iprange is over its aim. IPv6 lists are short, and left to cidr-tools.
 */
export const carveIpv4 = (candidates: readonly Prefix[], kept: readonly Prefix[]): readonly Prefix[] => {
  const left: Prefix[] = []
  const [spans, holes] = [spansOf(candidates), spansOf(kept)]
  let hole = 0
  for (let span = 0; span < spans.length; span += 2) {
    let start = edge(spans, span)
    const after = edge(spans, span + 1)
    while (edge(holes, hole + 1) <= start) hole += 2
    for (let next = hole; start < after; next += 2) {
      addPrefixes(left, start, Math.min(edge(holes, next), after))
      start = edge(holes, next + 1)
    }
  }
  return left
}

/**
 * In turn the first address of a span and the first one after it, by address; spans that overlap or touch are one.
 * Numbers hold 2^32 exactly.
 */
type Edges = readonly number[]

/** After the last span comes one that begins and ends nowhere. */
const edge = (edges: Edges, place: number): number => edges[place] ?? Number.POSITIVE_INFINITY

const spansOf = (prefixes: readonly Prefix[]): Edges => {
  // One number for each, so that they sort as numbers do: by address, and then the wider first.
  const keys = new Float64Array(prefixes.map(prefix => ipv4Value(prefix) * 64 + lengthOf(prefix))).sort()
  const edges: number[] = []
  let end = -1
  for (const key of keys) {
    const start = Math.floor(key / 64)
    const after = start + 2 ** (32 - (key % 64))
    if (start > end) edges.push(start, after)
    else if (after > end) edges[edges.length - 1] = after
    end = Math.max(end, after)
  }
  return edges
}

/** The fewest for these addresses: from the left, each as large as its place and the end allow. */
const addPrefixes = (prefixes: Prefix[], start: number, after: number): void => {
  let at = start
  while (at < after) {
    // the trailing zeros of the address, and at most those of 2^32
    let bits = at === 0 ? 32 : 31 - Math.clz32(at & -at)
    while (at + 2 ** bits > after) bits -= 1
    prefixes.push(ipv4Text(at, 32 - bits))
    at += 2 ** bits
  }
}
