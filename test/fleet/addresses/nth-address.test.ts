import { expect, it } from 'vitest'
import { nthAddress } from '../../../src/fleet/addresses/nth-address.js'
import { prefixOf } from './prefix-of.js'

it.each([
  ['192.0.2.0/24', 0n, '192.0.2.0'],
  ['192.0.2.0/24', 255n, '192.0.2.255'],
  ['100.64.240.0/20', 0xfffn, '100.64.255.255'],
  ['255.255.255.255/32', 0n, '255.255.255.255'],
  ['2001:db8::/48', 0n, '2001:db8::'],
  ['2001:db8::/48', 7n, '2001:db8::7'],
  ['2001:db8::/48', (1n << 80n) - 1n, '2001:db8:0:ffff:ffff:ffff:ffff:ffff'],
])('in %s, address %s after the first is %s', (prefix, nth, address) => {
  expect(nthAddress(prefixOf(prefix), nth)).toBe(address)
})
