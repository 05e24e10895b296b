import { parseCidr } from 'cidr-tools'
import { familyOf, type Prefix, prefixAround } from './prefix.js'

/** The address so many after the first one of a prefix, as text without a length; `nth` is within the prefix. */
export const nthAddress = (prefix: Prefix, nth: bigint): string => {
  const value = parseCidr(prefix).start + nth
  const text = familyOf(prefix) === 'ipv4' ? ipv4(value) : prefixAround(ipv6(value), 128)
  return text.replace(/\/\d+$/, '')
}

const ipv4 = (value: bigint): string =>
  [24n, 16n, 8n, 0n].map(shift => String((value >> shift) & 0xffn)).join('.')

/** All eight groups; who asks for the short form gets it from `prefixAround`. */
const ipv6 = (value: bigint): string => value.toString(16).padStart(32, '0').match(/.{4}/g)?.join(':') ?? ''
