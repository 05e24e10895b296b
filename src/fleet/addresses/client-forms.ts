import { containsCidr, parseCidr } from 'cidr-tools'
import { familyOf, ipv4Around, lengthOf, type Prefix, prefixAround } from './prefix.js'

/**
 * Every prefix that no filter may touch, so that none hits a client with an address in `kept`. They are more than one,
 * because HAProxy compares across families: it looks an IPv4 client up among IPv6 entries as `::ffff:192.0.2.7`, and
 * an IPv6 client whose address has an IPv4 one inside among IPv4 entries as well (pat_match_ip, 2.6). So the entry
 * `::/64` meets every IPv4 client there.
 *
 * An IPv6 prefix wider than such a block is not seen as the clients in it: it would keep all of IPv4.
 */
export const clientForms = (kept: Prefix): readonly Prefix[] => {
  if (familyOf(kept) === 'ipv4') return [kept, MAPPED_BLOCK]
  const outer = WITH_IPV4_INSIDE.find(block => containsCidr(block, kept))
  return outer === undefined ? [kept] : [kept, ipv4Inside(kept, lengthOf(outer))]
}

/**
 * Where HAProxy looks for IPv4 clients among IPv6 prefixes: the one prefix here that is IPv4 written as IPv6. It is
 * left out of filters as a whole: a piece of it in a result would hit IPv4 clients whom nobody named.
 */
export const MAPPED_BLOCK = prefixAround('::ffff:0:0', 96)

/** 6to4 (RFC 3056) and IPv4-compatible addresses (RFC 4291): right after these bits comes an IPv4 address. */
const WITH_IPV4_INSIDE = [prefixAround('2002::', 16), prefixAround('::', 96)] as const

const ipv4Inside = (prefix: Prefix, after: number): Prefix => {
  const inside = BigInt.asUintN(32, parseCidr(prefix).start >> BigInt(96 - after))
  return ipv4Around(Number(inside), Math.min(32, lengthOf(prefix) - after))
}
