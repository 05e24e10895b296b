import { isIPv4, isIPv6 } from 'node:net'
import { parseCidr } from 'cidr-tools'
import { fail, ok, type Result } from '../../domain/result.js'
import { BITS, type Family, ipv4Around, ipv4Value, type Prefix, prefixAround } from './prefix.js'

export type Parsed = {
  readonly prefix: Prefix
  readonly family: Family
  /** A sentence that says what it was taken for, where that is another range or family than was written. */
  readonly taken?: string
}

/**
 * One address or prefix as people write it. IPv4 written as IPv6 (`::ffff:10.1.2.3`, RFC 4291) becomes IPv4, because
 * a filter meets that client as IPv4. Whatever can be read in two ways is `input.invalid`, and so is everything else.
 */
export const parsePrefix = (text: string): Result<Parsed> => {
  const slash = text.indexOf('/')
  const address = slash < 0 ? text : text.slice(0, slash)
  const length = slash < 0 ? undefined : text.slice(slash + 1)
  if (isIPv4(address)) return parseIpv4(text, address, length)
  // isIPv6 takes a zone; cidr-tools would silently drop it
  if (isIPv6(address) && !address.includes('%')) return parseIpv6(text, address, length)
  return refuse(text, address)
}

const parseIpv4 = (text: string, address: string, length?: string): Result<Parsed> => {
  const bits = parseLength(length, 'ipv4')
  if (bits === undefined) return refuseLength(text, address, 'ipv4')
  const value = ipv4Value(address)
  // isIPv4 lets one spelling of an address through, so that such a text is canonical
  if (value % 2 ** (32 - bits) === 0)
    return ok({ prefix: (length === undefined ? `${text}/32` : text) as Prefix, family: 'ipv4' })
  const prefix = ipv4Around(value, bits)
  return ok({ prefix, family: 'ipv4', ...hostBits(text, bits, prefix) })
}

const parseIpv6 = (text: string, address: string, length?: string): Result<Parsed> => {
  const bits = parseLength(length, 'ipv6')
  if (bits === undefined) return refuseLength(text, address, 'ipv6')
  const { start } = parseCidr(address)
  if (start >> 32n === MAPPED) return parseMapped(text, start, bits - 96)
  const prefix = prefixAround(address, bits)
  const isExact = parseCidr(prefix).start === start
  return ok({ prefix, family: 'ipv6', ...(isExact ? {} : hostBits(text, bits, prefix)) })
}

/** The upper 96 bits of every IPv4-mapped address: `::ffff:0:0/96`. */
const MAPPED = 0xffffn

const parseMapped = (text: string, start: bigint, length: number): Result<Parsed> => {
  // ::ffff:10.1.2.0/24 is ::/24 by the letter, with every IPv4 address in it; hardly anybody means that.
  if (length < 0)
    return invalid(
      `${quote(text)} is IPv4 written as IPv6, with a length that reaches beyond IPv4`,
      'Write the IPv4 prefix itself, such as 192.0.2.0/24.',
    )
  const prefix = ipv4Around(Number(BigInt.asUintN(32, start)), length)
  return ok({ prefix, family: 'ipv4', taken: `${text} is IPv4 written as IPv6: taken for ${prefix}.` })
}

/** The length where none is written is that of one address; undefined where what is written is none. */
const parseLength = (length: string | undefined, family: Family): number | undefined => {
  if (length === undefined) return BITS[family]
  const bits = /^(?:0|[1-9]\d{0,2})$/.test(length) ? Number(length) : Number.NaN
  return bits <= BITS[family] ? bits : undefined
}

const hostBits = (text: string, bits: number, prefix: Prefix): Pick<Parsed, 'taken'> => ({
  taken: `${text} has bits set after the first ${bits}: taken for ${prefix}.`,
})

const refuseLength = (text: string, address: string, family: Family) =>
  invalid(
    `${quote(text)} does not end with a prefix length`,
    `Write /0 to /${BITS[family]} after the address, without leading zeros; or ${address} alone for one address.`,
  )

const refuse = (text: string, address: string) => {
  const [bare = '', zone] = address.split('%', 2)
  if (zone !== undefined && isIPv6(bare))
    return invalid(
      `${quote(text)} has a zone, which means something on one machine only`,
      `Write ${bare} without it.`,
    )
  if (/^\d+(?:\.\d+){3}$/.test(address) && /(?:^|\.)0\d/.test(address))
    return invalid(
      `${quote(text)} has leading zeros, which some programs read as octal`,
      'Write the decimal numbers that are meant, without leading zeros.',
    )
  return invalid(
    `${quote(text)} is no IP address or prefix`,
    'Write all of it: 192.0.2.7, 192.0.2.0/24, 2001:db8::7 or 2001:db8::/32; nothing before or after.',
  )
}

const invalid = (message: string, next: string) => fail('input.invalid', message, next)

/** As much of it as helps to find it, on one line whatever is in it. */
const quote = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
