import { expect, test } from 'vitest'
import { parsePrefix } from '../../../src/fleet/addresses/parse-prefix.js'

const parsed = (text: string) => {
  const result = parsePrefix(text)
  if (!result.ok) throw new Error(result.failure.message)
  return result.value
}

test.each([
  ['192.0.2.7', '192.0.2.7/32', 'ipv4'],
  ['0.0.0.0/0', '0.0.0.0/0', 'ipv4'],
  ['255.255.255.255/32', '255.255.255.255/32', 'ipv4'],
  ['2001:DB8::/32', '2001:db8::/32', 'ipv6'],
  ['2001:0db8:0:0:1:0:0:1', '2001:db8::1:0:0:1/128', 'ipv6'],
  ['64:ff9b::192.0.2.33', '64:ff9b::c000:221/128', 'ipv6'],
  ['::', '::/128', 'ipv6'],
  ['::/0', '::/0', 'ipv6'],
])('%s is %s, and nothing is to be said about it', (text, prefix, family) => {
  expect(parsed(text)).toEqual({ prefix, family })
})

test.each([
  [
    '192.0.2.7/24',
    '192.0.2.0/24',
    'ipv4',
    '192.0.2.7/24 has bits set after the first 24: taken for 192.0.2.0/24.',
  ],
  ['10.1.2.3/0', '0.0.0.0/0', 'ipv4', '10.1.2.3/0 has bits set after the first 0: taken for 0.0.0.0/0.'],
  [
    '2001:db8::1/127',
    '2001:db8::/127',
    'ipv6',
    '2001:db8::1/127 has bits set after the first 127: taken for 2001:db8::/127.',
  ],
  ['::ffff:10.1.2.3', '10.1.2.3/32', 'ipv4', '::ffff:10.1.2.3 is IPv4 written as IPv6: taken for 10.1.2.3/32.'],
  [
    '::FFFF:a01:200/120',
    '10.1.2.0/24',
    'ipv4',
    '::FFFF:a01:200/120 is IPv4 written as IPv6: taken for 10.1.2.0/24.',
  ],
  [
    '::ffff:10.1.2.3/96',
    '0.0.0.0/0',
    'ipv4',
    '::ffff:10.1.2.3/96 is IPv4 written as IPv6: taken for 0.0.0.0/0.',
  ],
])('%s is taken for %s, and that is said', (text, prefix, family, taken) => {
  expect(parsed(text)).toEqual({ prefix, family, taken })
})

test.each([
  ['', 'is no IP address or prefix', 'Write all of it'],
  ['10.1.2', 'is no IP address or prefix', 'Write all of it'],
  ['10.1.2/24', 'is no IP address or prefix', 'Write all of it'],
  ['167772161', 'is no IP address or prefix', 'Write all of it'],
  ['0x0a.0.0.1', 'is no IP address or prefix', 'Write all of it'],
  ['10.0.0.256', 'is no IP address or prefix', 'Write all of it'],
  ['192.0.2.7:443', 'is no IP address or prefix', 'Write all of it'],
  ['[2001:db8::7]', 'is no IP address or prefix', 'Write all of it'],
  ['192.0.2.1-192.0.2.9', 'is no IP address or prefix', 'Write all of it'],
  ['192.0.2.7 # a customer', 'is no IP address or prefix', 'nothing before or after'],
  [' 192.0.2.7', 'is no IP address or prefix', 'nothing before or after'],
  ['192.0.2.7\n', 'is no IP address or prefix', 'nothing before or after'],
  ['customer.example', 'is no IP address or prefix', 'Write all of it'],
  ['1::2::3', 'is no IP address or prefix', 'Write all of it'],
  ['1:2:3:4:5:6:7:8:9', 'is no IP address or prefix', 'Write all of it'],
  ['12345::', 'is no IP address or prefix', 'Write all of it'],
  ['::ffff:10.1.2.03', 'is no IP address or prefix', 'Write all of it'],
  ['010.0.0.1', 'has leading zeros', 'without leading zeros'],
  ['10.0.0.00/8', 'has leading zeros', 'without leading zeros'],
  ['192.0.2.0/', 'does not end with a prefix length', 'Write /0 to /32 after the address'],
  ['192.0.2.0/33', 'does not end with a prefix length', 'Write /0 to /32 after the address'],
  ['192.0.2.0/024', 'does not end with a prefix length', 'without leading zeros'],
  ['192.0.2.0/-1', 'does not end with a prefix length', 'Write /0 to /32 after the address'],
  ['192.0.2.0/ 24', 'does not end with a prefix length', 'Write /0 to /32 after the address'],
  ['192.0.2.0/24/24', 'does not end with a prefix length', 'Write /0 to /32 after the address'],
  ['192.0.2.0/255.255.255.0', 'does not end with a prefix length', 'Write /0 to /32 after the address'],
  ['2001:db8::/129', 'does not end with a prefix length', 'Write /0 to /128 after the address'],
  ['fe80::1%eth0', 'has a zone', 'Write fe80::1 without it.'],
  ['fe80::1%eth0/64', 'has a zone', 'Write fe80::1 without it.'],
  ['::ffff:10.1.2.0/24', 'a length that reaches beyond IPv4', 'Write the IPv4 prefix itself'],
  ['::ffff:0:0/95', 'a length that reaches beyond IPv4', 'Write the IPv4 prefix itself'],
])('%j is refused: it %s', (text, message, next) => {
  const result = parsePrefix(text)
  expect(result.ok ? result.value : result.failure).toMatchObject({
    code: 'input.invalid',
    message: expect.stringContaining(message),
    next: expect.stringContaining(next),
  })
  // Whoever reads it finds it in the file, on one line.
  expect(result.ok ? '' : result.failure.message).toContain(JSON.stringify(text))
})

test('what is very long is shown by its beginning', () => {
  const result = parsePrefix('1'.repeat(10_000))
  expect(result.ok ? '' : result.failure.message).toBe(`"${'1'.repeat(60)}…" is no IP address or prefix`)
})
