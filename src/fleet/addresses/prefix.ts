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

/** The prefix of that length around an IPv4 address, given as the lowest 32 bits of a number. */
export const ipv4Around = (address: bigint, length: number): Prefix => {
  const octets = [24n, 16n, 8n, 0n].map(shift => (address >> shift) & 255n)
  return prefixAround(octets.join('.'), length)
}
