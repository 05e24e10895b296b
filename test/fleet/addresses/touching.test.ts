import { expect, test } from 'vitest'
import { touching } from '../../../src/fleet/addresses/touching.js'
import { read } from '../../fuzz/filter-trial.js'

const entries = [
  { prefix: read('10.1.2.3'), owner: 'a' },
  { prefix: read('10.0.0.0/8'), owner: 'b' },
  { prefix: read('10.1.0.0/16'), owner: 'c' },
  { prefix: read('10.1.2.3'), owner: 'd' },
  { prefix: read('10.1.3.0/24'), owner: 'e' },
  { prefix: read('2001:db8::/32'), owner: 'f' },
  { prefix: read('2002:a01:204::/48'), owner: 'g' },
]
const touched = touching(entries)
const owners = (text: string) => touched(read(text)).map(({ owner }) => owner)

test('who is around comes first, the widest first, then who is inside, by address', () => {
  expect(owners('10.1.2.0/23')).toEqual(['b', 'c', 'a', 'd', 'g', 'e'])
})

test('an address is touched by all that hold it', () => {
  expect(owners('10.1.3.9')).toEqual(['b', 'c', 'e'])
  expect(owners('2001:db8:1::/48')).toEqual(['f'])
})

test('neighbours are not touched', () => {
  expect(owners('11.0.0.0/8')).toEqual([])
  expect(owners('9.0.0.0/8')).toEqual([])
  expect(owners('2001:db9::/32')).toEqual([])
})

test('IPv6 that holds IPv4 touches every IPv4 client: at HAProxy it hits them', () => {
  expect(owners('::/64')).toEqual(['a', 'b', 'c', 'd', 'e'])
})

test('where nobody is kept, nobody is touched', () => {
  expect(touching([])(read('0.0.0.0/0'))).toEqual([])
})
