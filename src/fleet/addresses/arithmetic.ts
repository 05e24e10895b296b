import { containsCidr, excludeCidr } from 'cidr-tools'
import { carveIpv4 } from './carve-ipv4.js'
import { clientForms, MAPPED_BLOCK } from './client-forms.js'
import { BITS, type Family, familyOf, lengthOf, type Prefix } from './prefix.js'

/**
 * Exactly the addresses of `candidates` that belong to no client in `kept`, as the fewest prefixes: IPv4 first, by
 * address. One kept address costs up to 32 prefixes (IPv4) or 128 (IPv6).
 */
export const subtract = (candidates: readonly Prefix[], kept: readonly Prefix[]): readonly Prefix[] =>
  carve(candidates, [...new Set(kept.flatMap(clientForms))])

/** The same addresses as the fewest prefixes: IPv4 first, by address. */
export const merge = (prefixes: readonly Prefix[]): readonly Prefix[] => carve(prefixes, [])

const carve = (candidates: readonly Prefix[], kept: readonly Prefix[]): readonly Prefix[] => {
  const [some, others] = [byFamily(candidates), byFamily(kept)]
  // cidr-tools reads anything, `1::2::3` too; what it is given is canonical, and so is what it gives
  return [...carveIpv4(some.ipv4, others.ipv4), ...(excludeCidr(some.ipv6, others.ipv6) as Prefix[])]
}

const byFamily = (prefixes: readonly Prefix[]): { readonly [F in Family]: Prefix[] } => {
  const found: { readonly [F in Family]: Prefix[] } = { ipv4: [], ipv6: [] }
  for (const prefix of prefixes) found[familyOf(prefix)].push(prefix)
  return found
}

/** Whether every address of `wanted` is in `prefixes`, be it in several of them together. */
export const holds = (prefixes: readonly Prefix[], wanted: Prefix | readonly Prefix[]): boolean =>
  containsCidr([...merge(prefixes)], [wanted].flat())

/** How many addresses there are, each counted once. */
export const sizeOf = (prefixes: readonly Prefix[]): bigint =>
  merge(prefixes).reduce((sum, prefix) => sum + (1n << BigInt(BITS[familyOf(prefix)] - lengthOf(prefix))), 0n)

/**
 * Whether it has more addresses than a prefix of the widest length allowed. An IPv6 prefix with the IPv4-mapped block
 * in it, such as `::/64`, always has: it is every IPv4 client to an HAProxy.
 */
export const isWiderThan = (prefix: Prefix, widest: { readonly [F in Family]: number }): boolean =>
  lengthOf(prefix) < widest[familyOf(prefix)] || containsCidr(prefix, MAPPED_BLOCK)
