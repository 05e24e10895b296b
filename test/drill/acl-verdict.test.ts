import { describe, expect, it } from 'vitest'
import { type Packet, passes } from '../../src/drill/world/acl-verdict.js'
import { applyChange } from '../../src/drill/world/apply.js'
import type { Change, ChangeOf } from '../../src/drill/world/change.js'
import { createNetworkAcls, entriesAt } from '../../src/drill/world/network-acls.js'
import { prefixOf } from '../fleet/addresses/prefix-of.js'
import { EPOCH, fleet, worldOf } from './story.js'

const ACL = 'acl-0abc'
type Entry = ChangeOf<'CreateNetworkAclEntry'>['args']['entry']

const DENY: Entry = {
  number: 50,
  direction: 'ingress',
  effect: 'deny',
  cidr: prefixOf('192.0.2.0/24'),
  protocol: '-1',
}
const PACKET: Packet = { direction: 'ingress', address: prefixOf('192.0.2.7'), protocol: '6', port: 11_211 }

const created = (entry: Entry, at = EPOCH): Change => {
  const args = { acl: ACL, entry }
  return { at, endpoint: 'ec2', operation: 'CreateNetworkAclEntry', args, result: null }
}
const deleted = ({ number, direction }: Entry, at: number): Change => {
  const args = { acl: ACL, number, direction }
  return { at, endpoint: 'ec2', operation: 'DeleteNetworkAclEntry', args, result: null }
}
const aclAfter = (...changes: Change[]) => changes.reduce(applyChange, worldOf(1)).networkAcls[ACL]!
const passesWith = (entries: Entry[], packet: Partial<Packet> = {}): boolean =>
  passes(aclAfter(...entries.map(entry => created(entry))), { ...PACKET, ...packet }, EPOCH)

describe('a packet', () => {
  it.each<[string, Partial<Packet>]>([
    ['IPv4', {}],
    ['IPv6', { address: prefixOf('2001:db8::7') }],
    ['on its way out', { direction: 'egress' }],
    ['of another protocol', { protocol: '17' }],
  ])('passes an ACL as EC2 makes it: %s', (_, packet) => {
    expect(passesWith([], packet)).toBe(true)
  })

  it('is denied by what stands before the entry that allows all, and not by what stands behind it', () => {
    expect(passesWith([{ ...DENY, number: 99 }])).toBe(false)
    expect(passesWith([{ ...DENY, number: 102 }])).toBe(true)
  })

  it('is judged by the lowest number, in whatever order they were created', () => {
    const allow: Entry = { ...DENY, number: 40, effect: 'allow', cidr: prefixOf('192.0.2.7/32') }
    expect(passesWith([DENY, allow])).toBe(true)
    expect(passesWith([allow, DENY])).toBe(true)
    expect(passesWith([allow, DENY], { address: prefixOf('192.0.2.8') })).toBe(false)
    expect(passesWith([{ ...allow, number: 60 }, DENY])).toBe(false)
  })

  it.each<[string, Partial<Packet>]>([
    ['another address', { address: prefixOf('192.0.3.7') }],
    ['the other family', { address: prefixOf('2001:db8::7') }],
    ['the other direction', { direction: 'egress' }],
  ])('passes an entry for %s', (_, packet) => {
    expect(passesWith([DENY], packet)).toBe(true)
  })

  it.each([
    ['6', 11_210, true],
    ['6', 11_211, false],
    ['6', 11_214, false],
    ['6', 11_215, true],
    ['17', 11_211, true],
  ])('of protocol %s to port %i, where TCP to 11211-11214 is denied: passes %s', (protocol, port, through) => {
    const entry: Entry = { ...DENY, protocol: '6', ports: { from: 11_211, to: 11_214 } }
    expect(passesWith([entry], { protocol, port })).toBe(through)
  })

  it('that nothing allows is denied', () => {
    const shut = aclAfter(deleted({ ...DENY, number: 100 }, EPOCH))
    expect(passes(shut, PACKET, EPOCH)).toBe(false)
    expect(passes(shut, { ...PACKET, address: prefixOf('2001:db8::7') }, EPOCH)).toBe(true)
    expect(passes(shut, { ...PACKET, direction: 'egress' }, EPOCH)).toBe(true)
  })

  it('is judged by what stood there at that moment', () => {
    const acl = aclAfter(created(DENY, EPOCH + 10), deleted(DENY, EPOCH + 20), created(DENY, EPOCH + 30))
    const through = [9, 10, 19, 20, 29, 30].map(ms => passes(acl, PACKET, EPOCH + ms))
    expect(through).toEqual([true, false, false, true, true, false])
  })
})

describe('the ACLs of a world', () => {
  const cluster = fleet.clusters['us-east-c1']!
  const acl = { numbers: { from: 1, to: 99 }, quota: 20 }
  const other = (name: string, id: string | undefined, ...subnets: string[]) => ({
    ...cluster,
    name,
    proxies: { ...cluster.proxies, subnets },
    ...(id === undefined ? {} : { networkAcl: { ...acl, id } }),
  })

  it('stand before the subnets of the proxies, and let everything through', () => {
    const acl = aclAfter()
    expect(acl).toMatchObject({ subnets: ['subnet-a1', 'subnet-b1'], tags: { Name: 'us-east-c1' } })
    expect(
      entriesAt(acl, EPOCH).map(
        ({ direction, number, effect, cidr }) => `${direction} ${number} ${effect} ${cidr}`,
      ),
    ).toEqual([
      'ingress 100 allow 0.0.0.0/0',
      'ingress 101 allow ::/0',
      'ingress 32767 deny 0.0.0.0/0',
      'ingress 32768 deny ::/0',
      'egress 100 allow 0.0.0.0/0',
      'egress 101 allow ::/0',
      'egress 32767 deny 0.0.0.0/0',
      'egress 32768 deny ::/0',
    ])
  })

  it('are one for clusters that share it, and a subnet stands behind the first that names it', () => {
    const { networkAcl: _, ...without } = cluster
    const acls = createNetworkAcls([
      { ...without, name: 'open' },
      other('one', 'acl-1', 'subnet-a1', 'subnet-b1'),
      other('two', 'acl-1', 'subnet-b1', 'subnet-c1'),
      other('three', 'acl-2', 'subnet-c1', 'subnet-d1'),
    ])
    expect(Object.values(acls).map(({ id, subnets, tags }) => [id, subnets, tags.Name])).toEqual([
      ['acl-1', ['subnet-a1', 'subnet-b1', 'subnet-c1'], 'one two'],
      ['acl-2', ['subnet-d1'], 'three'],
    ])
  })
})
