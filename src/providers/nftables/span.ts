import { isIPv4, isIPv6, SocketAddress } from 'node:net'

export type Family = 'v4' | 'v6'

/** Addresses from the first to the last, both included. */
export type Span = {
  /** `192.0.2.0/24`, addresses as nft prints them; `192.0.2.1-192.0.2.9` for what is no prefix. */
  readonly text: string
  readonly family: Family
  readonly first: bigint
  readonly last: bigint
}

/** `192.0.2.0/24`, `2001:db8::/32`, or one address. Undefined for anything else, such as one with host bits set. */
export const readPrefix = (written: string): Span | undefined => {
  const [address = '', length, ...more] = written.split('/')
  if (more.length > 0 || !(length === undefined || LENGTH.test(length))) return undefined
  return prefixOf(address, length === undefined ? undefined : Number(length))
}

const LENGTH = /^(?:0|[1-9]\d{0,2})$/

/** That address and the others with the same first bits; it alone where no length is given. */
export const prefixOf = (address: string, length?: number): Span | undefined => {
  const read = readAddress(address)
  if (read === undefined) return undefined
  const { family, bits, text } = read
  const free = BITS[family] - (length ?? BITS[family])
  if (free < 0) return undefined
  const others = (1n << BigInt(free)) - 1n
  if ((bits & others) !== 0n) return undefined
  return { text: `${text}/${BITS[family] - free}`, family, first: bits, last: bits | others }
}

/** What nft takes beside prefixes. Firebreak adds none. */
export const rangeOf = (from: string, to: string): Span | undefined => {
  const [first, last] = [readAddress(from), readAddress(to)]
  if (first === undefined || last?.family !== first.family) return undefined
  return { text: `${first.text}-${last.text}`, family: first.family, first: first.bits, last: last.bits }
}

const BITS = { v4: 32, v6: 128 } as const satisfies { readonly [F in Family]: number }

type Address = { readonly family: Family; readonly bits: bigint; readonly text: string }

const readAddress = (written: string): Address | undefined => {
  if (isIPv4(written)) return { family: 'v4', bits: numberOf(written.split('.'), 8n, 10), text: written }
  if (!isIPv6(written) || written.includes('%')) return undefined
  const { address } = new SocketAddress({ address: written, family: 'ipv6' })
  return { family: 'v6', bits: numberOf(groupsOf(address), 16n, 16), text: address }
}

const numberOf = (parts: readonly string[], width: bigint, base: 10 | 16): bigint =>
  parts.reduce((bits, part) => (bits << width) | BigInt(Number.parseInt(part, base)), 0n)

/** All eight of them. The last two may be written as an IPv4 address, and one `::` stands for all that are missing. */
const groupsOf = (address: string): readonly string[] => {
  const hex = address.replace(/[\d.]+$/, dotted => (isIPv4(dotted) ? asGroups(dotted) : dotted))
  const [head = '', tail] = hex.split('::')
  const [left, right] = [head, tail ?? ''].map(half => half.split(':').filter(group => group !== ''))
  const missing = 8 - (left?.length ?? 0) - (right?.length ?? 0)
  return [...(left ?? []), ...Array(missing).fill('0'), ...(right ?? [])]
}

const asGroups = (dotted: string): string => {
  const bits = numberOf(dotted.split('.'), 8n, 10)
  return `${(bits >> 16n).toString(16)}:${(bits & 0xffffn).toString(16)}`
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
  // Sorted by where they begin, and up to here none overlapped: the last one before reaches furthest.
  for (const [index, span] of sorted.entries()) {
    const before = sorted[index - 1]
    if (before !== undefined && overlaps(before, span)) return [before, span]
  }
  return undefined
}

/** An IPv4 address written as IPv6. Packets over IPv4 do not have it as their source, and so no entry would fit. */
export const isMapped = ({ family, first, last }: Span): boolean =>
  family === 'v6' && first >> 32n === 0xffffn && last >> 32n === 0xffffn
