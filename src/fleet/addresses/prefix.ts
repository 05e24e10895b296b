// addresses: arithmetic on prefixes, so that no filter can hit a client who must stay reachable.
// It is pure: it reads no file, asks nobody and knows no fleet. Nothing here guesses what a text may have meant.

import { normalizeCidr } from 'cidr-tools'

declare const canonical: unique symbol

/**
 * An address range as one text, always with its length: `192.0.2.7/32`, `2001:db8::/32` (RFC 5952). One range has one
 * text, so that texts can be compared. Only `parsePrefix` makes one of what somebody wrote, also when it is read back
 * from a plan; IPv4 written as IPv6 is never one.
 */
export type Prefix = string & { readonly [canonical]: true }

export type Family = 'ipv4' | 'ipv6'

/** Bits of an address. */
export const BITS = { ipv4: 32, ipv6: 128 } as const satisfies Record<Family, number>

export const familyOf = (prefix: Prefix): Family => (prefix.includes(':') ? 'ipv6' : 'ipv4')

/** How many leading bits are fixed: 32 in `192.0.2.7/32`. */
export const lengthOf = (prefix: Prefix): number => Number(prefix.slice(prefix.indexOf('/') + 1))

/** The prefix of that length around an address; `address` is checked, and is not IPv4 written as IPv6. */
export const prefixAround = (address: string, length: number): Prefix =>
  // cidr-tools clears the bits after the length, and writes addresses as RFC 5952 does
  normalizeCidr(`${address}/${length}`) as Prefix

/** The prefix that begins at this address, a number below 2^32 with no bits set after the length. */
export const ipv4Text = (value: number, length: number): Prefix =>
  // written as RFC 5952 has it for the IPv4 part: decimal, and nothing left out or added
  `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}/${length}` as Prefix

/** The address of an IPv4 address or prefix as a number; `text` is checked. */
export const ipv4Value = (text: string): number => {
  let value = 0
  let octet = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === SLASH) break
    if (code === DOT) value = value * 256 + octet
    octet = code === DOT ? 0 : octet * 10 + code - ZERO
  }
  return value * 256 + octet
}

const DOT = 46
const SLASH = 47
const ZERO = 48

/** The prefix of that length around an IPv4 address, a number below 2^32. */
export const ipv4Around = (value: number, length: number): Prefix =>
  ipv4Text(value - (value % 2 ** (32 - length)), length)
