import { SocketAddress } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalCidr, isWithin } from '../../src/domain/cidr.js'

describe('a prefix', () => {
  it.each([
    ['100.68.0.18/18', '100.68.0.0/18'], // EC2's own example of what it makes of host bits
    ['192.0.2.7/32', '192.0.2.7/32'],
    ['255.255.255.255/1', '128.0.0.0/1'],
    ['198.51.100.7/0', '0.0.0.0/0'],
    ['2001:DB8::/32', '2001:db8::/32'],
    ['2001:0db8:0000:0000:0001:0000:0000:0001/128', '2001:db8::1:0:0:1/128'],
    ['2001:db8:10:0:0:1:0:0/128', '2001:db8:10::1:0:0/128'],
    ['2001:db8:0:1:1:1:1:1/128', '2001:db8:0:1:1:1:1:1/128'], // RFC 5952: no `::` for one group
    ['10:0:0:2:0:0:0:1/128', '10:0:0:2::1/128'], // the longest run
    ['2001:db8:ffff::1/33', '2001:db8:8000::/33'],
    ['::1/128', '::1/128'],
    ['1::/16', '1::/16'],
    ['ffff::1/0', '::/0'],
    ['::ffff:0:0/95', '::fffe:0:0/95'],
  ])('%s is %s', (written, canonical) => {
    expect(canonicalCidr(written)).toBe(canonical)
  })

  it.each([
    ...['', '/', '192.0.2.7', '192.0.2/24', '192.0.2.7/33', '192.0.2.256/24', '192.0.2.07/24', '192.0.2.7/024'],
    ...['192.0.2.7/-1', ' 192.0.2.7/24', '192.0.2.7/24\n', '0x7f.0.0.1/8', '1.2.3.4.5/8', '192.0.2.7/24/8'],
    ...['2001:db8::', '2001:db8::/129', '1:2:3:4:5:6:7/64', '1:2:3:4:5:6:7:8:9/64', '1::2::3/64', '12345::/16'],
    ...['1:2:3:4:5:6:7:8::/64', ':1::/16', 'fe80::1%eth0/64', 'g::/16', '1:2:3:4:5:6:7:/64'],
    ...['::ffff:10.1.2.3/128', '::ffff:a01:203/128', '::ffff:0:0/96'],
  ])('%j is none', text => {
    expect(canonicalCidr(text)).toBeUndefined()
  })

  it('of a whole IPv6 address is written as the system writes it', () => {
    const group = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }))
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), groups => {
        // The system writes the last 32 bits as IPv4 where nothing but zeros or `ffff` stands before them.
        fc.pre(groups.slice(0, 5).some(one => one !== 0))
        const text = groups.map(one => one.toString(16).toUpperCase()).join(':')
        const { address } = new SocketAddress({ address: text, family: 'ipv6' })
        expect(canonicalCidr(`${text}/128`)).toBe(`${address}/128`)
      }),
    )
  })
})

describe('an address', () => {
  it.each([
    ['192.0.2.0', '192.0.2.0/24', true],
    ['192.0.2.255', '192.0.2.0/24', true],
    ['192.0.3.0', '192.0.2.0/24', false],
    ['192.0.1.255', '192.0.2.0/24', false],
    ['203.0.113.9', '0.0.0.0/0', true],
    ['203.0.113.9', '203.0.113.9/32', true],
    ['2001:db8:ffff:ffff:ffff:ffff:ffff:ffff', '2001:db8::/32', true],
    ['2001:db9::', '2001:db8::/32', false],
    ['192.0.2.1', '::/0', false],
    ['::1', '0.0.0.0/0', false],
    ['nobody', '0.0.0.0/0', false],
  ])('%s within %s: %s', (address, cidr, within) => {
    expect(isWithin(address, cidr)).toBe(within)
  })
})
