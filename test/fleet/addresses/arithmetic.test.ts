import { describe, expect, test } from 'vitest'
import { holds, isWiderThan, merge, sizeOf, subtract } from '../../../src/fleet/addresses/arithmetic.js'
import { read } from '../../fuzz/filter-trial.js'

const all = (text: string) => text.split(' ').filter(Boolean).map(read)

describe('what is carved out', () => {
  test.each([
    ['an address in the middle', '192.0.2.0/30', '192.0.2.1', '192.0.2.0/32 192.0.2.2/31'],
    ['an address out of IPv6', '2001:db8::/126', '2001:db8::2', '2001:db8::/127 2001:db8::3/128'],
    ['all, where what is kept is around it', '192.0.2.0/24', '192.0.0.0/16', ''],
    ['all, where it is kept in parts', '192.0.2.0/24', '192.0.2.128/25 192.0.2.0/25', ''],
    ['a client who is kept as IPv4 in IPv6', '10.1.2.2/31', '::ffff:10.1.2.3', '10.1.2.2/32'],
    ['nothing, beside what is kept', '192.0.2.0/24', '192.0.3.0/24 192.0.1.0/24', '192.0.2.0/24'],
    [
      'the same once, whatever is said twice',
      '10.0.0.0/30 10.0.0.0/31',
      '10.0.0.3 10.0.0.3',
      '10.0.0.0/31 10.0.0.2/32',
    ],
    ['the first address of all', '0.0.0.0/31', '0.0.0.0', '0.0.0.1/32'],
    ['the last address of all', '255.255.255.254/31', '255.255.255.255', '255.255.255.254/32'],
    ['everything', '0.0.0.0/0 ::/0', '0.0.0.0/0 ::/0', ''],
    ['nothing, where nothing is kept', '0.0.0.0/0 ::/0', '', '0.0.0.0/0 ::/0'],
    ['nothing, where nothing is wanted', '', '192.0.2.0/24', ''],
    ['a 6to4 client, whom HAProxy looks up as IPv4', '10.1.2.2/31', '2002:a01:203::/48', '10.1.2.2/32'],
    ['a 6to4 network', '10.0.0.0/7', '2002:a00::/24', '11.0.0.0/8'],
  ])('%s', (_, candidates, kept, left) => {
    expect(subtract(all(candidates), all(kept))).toEqual(all(left))
  })

  test('one address costs as many prefixes as there are bits below it', () => {
    expect(subtract(all('10.0.0.0/8'), all('10.1.2.3'))).toHaveLength(24)
    expect(subtract(all('::/0'), all('2001:db8::7'))).toHaveLength(128)
  })

  test('who is kept as IPv4 is not hit by IPv6 that holds IPv4 either: not at HAProxy', () => {
    // ::/1 and so on down to ::ffff:0:0/96 itself, each without the half that it is in
    const left = subtract(all('::/0'), all('192.0.2.7'))
    expect(left).toHaveLength(96)
    expect(sizeOf(left)).toBe(2n ** 128n - 2n ** 32n)
    expect(left.every(prefix => prefix.includes(':') && !isWiderThan(prefix, { ipv4: 0, ipv6: 0 }))).toBe(true)
  })
})

test('several together hold what none of them holds', () => {
  expect(holds(all('10.0.0.0/9 10.128.0.0/9'), read('10.0.0.0/8'))).toBe(true)
  expect(holds(all('10.0.0.0/9 10.128.0.0/10'), read('10.0.0.0/8'))).toBe(false)
  expect(holds(all('10.0.0.0/8'), all('10.1.2.3 2001:db8::7'))).toBe(false)
  expect(holds(all('10.0.0.0/8 2001:db8::/32'), all('10.1.2.3 2001:db8::7'))).toBe(true)
  expect(holds([], read('10.1.2.3'))).toBe(false)
})

test('the same addresses as the fewest prefixes', () => {
  expect(merge(all('10.0.0.0/9 2001:db8::/33 10.128.0.0/9 2001:db8:8000::/33 10.1.2.3'))).toEqual(
    all('10.0.0.0/8 2001:db8::/32'),
  )
  expect(merge(all('10.0.1.0/24 10.0.2.0/24'))).toEqual(all('10.0.1.0/24 10.0.2.0/24'))
})

test('each address is counted once', () => {
  expect(sizeOf(all('10.0.0.0/8 10.1.2.3 192.0.2.0/31'))).toBe(2n ** 24n + 2n)
  expect(sizeOf(all('0.0.0.0/0 ::/0'))).toBe(2n ** 32n + 2n ** 128n)
  expect(sizeOf([])).toBe(0n)
})

test.each([
  ['10.0.0.0/20', false],
  ['10.0.0.0/19', true],
  ['2001:db8::/48', false],
  ['2001:db8::/47', true],
  ['0.0.0.0/0', true],
  // narrow by its length, and yet every IPv4 client to an HAProxy
  ['::/64', true],
  ['::/80', true],
  ['::/81', false],
  ['::8000:0:0/81', true],
  ['::fffe:0:0/95', true],
])('whether %s is wider than /20 or /48: %s', (text, wider) => {
  expect(isWiderThan(read(text), { ipv4: 20, ipv6: 48 })).toBe(wider)
})
