import { isIPv4, isIPv6 } from 'node:net'

/** A range of addresses. IPv6 that stands for IPv4 (`::ffff:10.1.2.3`) is IPv4. */
export type Prefix = { readonly family: 4 | 6; readonly first: bigint; readonly length: number }

/** An address or a prefix, host bits cut off; undefined where the text is neither, or has a zone. */
export const readPrefix = (text: string): Prefix | undefined => {
  const [, address = '', written] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const family = isIPv4(address) ? 4 : isIPv6(address) ? 6 : undefined
  if (family === undefined) return undefined
  const length = written === undefined ? BITS[family] : Number(written)
  if (length > BITS[family]) return undefined
  const value = family === 4 ? numberOf(address.split('.'), 8n) : numberOf(groupsOf(address), 16n)
  return unmapped({ family, first: cutAt(value, BITS[family] - length), length })
}

/** Its one canonical form, always with a length. */
export const writePrefix = ({ family, first, length }: Prefix): string =>
  `${writeAddress(family, first)}/${length}`

/** Every address of the other is one of its own. */
export const covers = (wide: Prefix, narrow: Prefix): boolean =>
  wide.family === narrow.family &&
  wide.length <= narrow.length &&
  cutAt(narrow.first, BITS[wide.family] - wide.length) === wide.first

/** One address, canonical: `::ffff:10.1.2.3` is `10.1.2.3`. Undefined where the text is none. */
export const canonicalAddress = (text: string): string | undefined => {
  if (isIPv4(text)) return text // in one form only; most are
  const prefix = text.includes('/') ? undefined : readPrefix(text)
  return prefix && writeAddress(prefix.family, prefix.first)
}

/** The same of a prefix: `192.0.2.7` is `192.0.2.7/32`. */
export const canonicalPrefix = (text: string): string | undefined => {
  const prefix = readPrefix(text)
  return prefix && writePrefix(prefix)
}

const BITS = { 4: 32, 6: 128 } as const
const MAPPED = { first: 0xffffn << 32n, length: 96 } as const

const cutAt = (value: bigint, bits: number): bigint => (value >> BigInt(bits)) << BigInt(bits)

const unmapped = (prefix: Prefix): Prefix =>
  prefix.family === 6 && covers({ family: 6, ...MAPPED }, prefix)
    ? { family: 4, first: prefix.first - MAPPED.first, length: prefix.length - MAPPED.length }
    : prefix

const numberOf = (parts: readonly string[], bits: 8n | 16n): bigint =>
  parts.reduce((value, part) => (value << bits) + BigInt(bits === 8n ? part : `0x${part}`), 0n)

/** The eight groups; the parser of URLs knows every way to write them. */
const groupsOf = (address: string): string[] => {
  const [left = '', right] = shortest(address).split('::')
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'))
  if (right === undefined) return groups(left)
  const known = groups(left).length + groups(right).length
  return [...groups(left), ...Array.from({ length: 8 - known }, () => '0'), ...groups(right)]
}

const shortest = (address: string): string => new URL(`http://[${address}]`).hostname.slice(1, -1)

const writeAddress = (family: 4 | 6, value: bigint): string =>
  family === 4
    ? [24n, 16n, 8n, 0n].map(shift => (value >> shift) & 0xffn).join('.')
    : shortest((value.toString(16).padStart(32, '0').match(/.{4}/g) ?? []).join(':'))
