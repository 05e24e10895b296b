import { describe, expect, it } from 'vitest'
import { parseListing } from '../../src/providers/nftables/listing.js'

// As nft 1.0.6 of Debian 12 printed it, one object a line here; the names of the sets were shorter by two letters.
const META = '{"metainfo": {"version": "1.0.6", "release_name": "Lester Gooch #5", "json_schema_version": 1}}'
const TABLE = '{"table": {"family": "inet", "name": "firebreak", "handle": 1}}'
const V4 =
  '{"set": {"family": "inet", "name": "tcp_11211_11211_ipv4", "table": "firebreak", "type": "ipv4_addr", "handle": 2, "flags": ["interval", "timeout"], "elem": [{"elem": {"val": "0.0.0.0", "timeout": 7200, "expires": 7199}}, {"elem": {"val": {"prefix": {"addr": "10.0.0.0", "len": 25}}, "timeout": 7200, "expires": 7199}}, {"elem": {"val": {"prefix": {"addr": "10.0.0.128", "len": 25}}, "timeout": 7200, "expires": 7199}}]}}'
const V6 =
  '{"set": {"family": "inet", "name": "udp_11211_11220_ipv6", "table": "firebreak", "type": "ipv6_addr", "handle": 3, "flags": ["interval", "timeout"], "elem": [{"elem": {"val": "::1", "timeout": 90, "expires": 89}}, {"range": ["2001:db7::5", "2001:db7::9"]}, {"elem": {"val": {"prefix": {"addr": "2001:db8::", "len": 32}}, "timeout": 100, "expires": 99}}]}}'
const CHAIN =
  '{"chain": {"family": "inet", "table": "firebreak", "name": "input", "handle": 1, "type": "filter", "hook": "input", "prio": -10, "policy": "accept"}}'
const V4_RULE =
  '{"rule": {"family": "inet", "table": "firebreak", "chain": "input", "handle": 4, "expr": [{"match": {"op": "==", "left": {"payload": {"protocol": "tcp", "field": "dport"}}, "right": 11211}}, {"match": {"op": "==", "left": {"payload": {"protocol": "ip", "field": "saddr"}}, "right": "@tcp_11211_11211_ipv4"}}, {"counter": {"packets": 3, "bytes": 180}}, {"drop": null}]}}'
const V6_RULE =
  '{"rule": {"family": "inet", "table": "firebreak", "chain": "input", "handle": 5, "expr": [{"match": {"op": "==", "left": {"payload": {"protocol": "udp", "field": "dport"}}, "right": {"range": [11211, 11220]}}}, {"match": {"op": "==", "left": {"payload": {"protocol": "ip6", "field": "saddr"}}, "right": "@udp_11211_11220_ipv6"}}, {"counter": {"packets": 0, "bytes": 0}}, {"drop": null}]}}'

const listingOf = (...objects: readonly string[]): string => `{"nftables": [${[META, ...objects].join(', ')}]}`

const read = (...objects: readonly string[]) => {
  const listed = parseListing(listingOf(...objects))
  if ('wrong' in listed) expect.fail(listed.wrong)
  return listed
}

describe('a listing of nft', () => {
  it('has the sets of each scope and family, with times where elements have them', () => {
    const listed = read(TABLE, V4, V6, CHAIN, V4_RULE, V6_RULE)
    const shown = [...listed].map(([name, { scope, family, inForce, entries }]) => ({
      name,
      scope,
      family,
      inForce,
      entries: entries.map(({ span, ...times }) => [span.text, times]),
    }))
    expect(shown).toEqual([
      {
        name: 'tcp_11211_11211_ipv4',
        scope: { protocol: 'tcp', ports: { from: 11_211, to: 11_211 } },
        family: 'ipv4',
        inForce: true,
        entries: [
          ['0.0.0.0/32', { expiresIn: 7199, timeout: 7200 }],
          ['10.0.0.0/25', { expiresIn: 7199, timeout: 7200 }],
          ['10.0.0.128/25', { expiresIn: 7199, timeout: 7200 }],
        ],
      },
      {
        name: 'udp_11211_11220_ipv6',
        scope: { protocol: 'udp', ports: { from: 11_211, to: 11_220 } },
        family: 'ipv6',
        inForce: true,
        entries: [
          ['::1/128', { expiresIn: 89, timeout: 90 }],
          ['2001:db7::5-2001:db7::9', {}],
          ['2001:db8::/32', { expiresIn: 99, timeout: 100 }],
        ],
      },
    ])
  })

  it('has a set without elements', () => {
    const empty = V4.replace(/, "elem": \[.*\]/, '')
    expect(read(TABLE, empty, CHAIN, V4_RULE).get('tcp_11211_11211_ipv4')).toMatchObject({
      inForce: true,
      entries: [],
    })
  })

  it.each([
    ['without its rule', [TABLE, V4, CHAIN, V6_RULE]],
    ['whose rule takes another port', [TABLE, V4, CHAIN, V4_RULE.replace('11211}}', '11212}}')]],
    ['whose rule accepts', [TABLE, V4, CHAIN, V4_RULE.replace('drop', 'accept')]],
    [
      'whose rule asks for more',
      [TABLE, V4, CHAIN, V4_RULE.replace('"expr": [', '"expr": [{"limit": {"rate": 5, "per": "second"}}, ')],
    ],
    ['whose rule stands in another chain', [TABLE, V4, CHAIN, V4_RULE.replace('"input"', '"mine"')]],
    ['whose chain sees no packets', [TABLE, V4, CHAIN.replace(/, "type".*"accept"/, ''), V4_RULE]],
    ['without a chain', [TABLE, V4, V4_RULE]],
    // 1.0.6 prints what lies in its memory there, of a table that was put to sleep.
    ['of a table with a flag', [TABLE.replace('1}', '1, "flags": "Lester Gooch #5"}'), V4, CHAIN, V4_RULE]],
  ])('shows a set %s as one that stops nobody', (_, objects) => {
    expect(read(...objects).get('tcp_11211_11211_ipv4')?.inForce).toBe(false)
  })

  it.each(['mine', 'tcp_11211_ipv4', 'tcp_011_11211_ipv4', 'sctp_1_2_ipv4', 'tcp_11211_11211_ipv5'])(
    'leaves out a set that is not ours: %s',
    name => expect(read(TABLE, V4.replace('tcp_11211_11211_ipv4', name)).size).toBe(0),
  )

  it.each([
    ['nothing', ''],
    ['a cut text', listingOf(TABLE, V4).slice(0, -20)],
    ['what 1.0.6 says of an empty table with a flag', listingOf(TABLE).replace('1}}]}', '1, "flags": ')],
    ['something else', '{"elements": []}'],
    ['an element that is no address', listingOf(TABLE, V4.replace('"0.0.0.0"', '"eth0"'))],
  ])('is not understood where it is %s', (_, text) => {
    expect(parseListing(text)).toHaveProperty('wrong')
  })
})
