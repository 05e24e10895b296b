import { CreateNetworkAclEntryCommand, type EC2Client } from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Ec2 } from '../../src/providers/contract.js'
import type { AclEntry, NetworkAcl } from '../../src/providers/network-acl.js'
import { entryAt, standsIn } from '../../src/providers/network-acl.js'
import { createProviders } from '../../src/providers/providers.js'
import type { Wire } from '../../src/providers/wire.js'
import { prefixOf } from '../fleet/addresses/prefix-of.js'
import { failureOf, okOf } from '../providers/wire.js'
import type { Service } from './service.js'

/** An account with a network ACL as EC2 makes one, which lets everything through. */
export type RunningNetworkAcl = {
  readonly wire: Wire
  readonly acl: string
  /** Those behind it. */
  readonly subnets: readonly string[]
  /** For what our own provider would not send. */
  readonly client: EC2Client
  readonly stop: () => Promise<void>
}

/**
 * Where Moto 5.2 is not as EC2 is documented. Those tests are known to fail there: one that passes one day fails the
 * suite, and its line here can go. The drill's endpoint is the stricter one: it differs in nothing.
 */
export const MOTO_DIFFERS = {
  quota: 'there is none',
  badPrefix: 'any text is taken for a prefix',
  numbers: 'any number is taken',
  gone: 'to delete what is not there is answered by a page of HTML with status 500',
} as const
type Difference = keyof typeof MOTO_DIFFERS

const DENY: AclEntry = {
  number: 1,
  direction: 'ingress',
  effect: 'deny',
  prefix: prefixOf('192.0.2.0/24'),
  protocol: '-1',
}

export const networkAclSuite = (
  service: Service<RunningNetworkAcl>,
  differs: { readonly [D in Difference]?: string } = {},
): void => {
  /** What EC2's documentation says, where this server may do otherwise. */
  const documented = (difference: Difference) => (differs[difference] === undefined ? it : it.fails)
  let running: RunningNetworkAcl
  let ec2: Ec2
  beforeAll(async () => {
    running = await service.start()
    ec2 = okOf(await createProviders(running.wire).ec2())
  })
  afterAll(() => running?.stop())
  /** Numbers below 100 are those of the tests. */
  beforeEach(async () => {
    for (const { number, direction } of (await look()).entries.filter(({ number }) => number < 100))
      okOf(await remove({ number, direction }))
  })

  const look = async (): Promise<NetworkAcl> => {
    const [acl] = okOf(await ec2.describeNetworkAcls([running.acl]))
    return acl ?? expect.fail('there is no ACL')
  }
  const create = (changes: Partial<AclEntry> = {}) =>
    ec2.createNetworkAclEntry({ acl: running.acl, entry: { ...DENY, ...changes } })
  const remove = (entry: Pick<AclEntry, 'number' | 'direction'>) =>
    ec2.deleteNetworkAclEntry({ acl: running.acl, number: entry.number, direction: entry.direction })

  /** As whoever does not look at it would send it. */
  const createUnchecked = async (RuleNumber: number, CidrBlock: string): Promise<void> => {
    const where = { NetworkAclId: running.acl, RuleNumber, CidrBlock, Egress: false }
    const command = new CreateNetworkAclEntryCommand({ ...where, RuleAction: 'deny', Protocol: '-1' })
    await running.wire.clock.io(running.client.send(command))
  }

  describe('an ACL', () => {
    it('is found by its id, with the subnets behind it', async () => {
      const acl = await look()
      expect(acl.id).toBe(running.acl)
      expect([...acl.subnets].sort()).toEqual([...running.subnets].sort())
    })

    it('lets everything through, and denies what nothing matches', async () => {
      const acl = await look()
      for (const direction of ['ingress', 'egress'] as const) {
        const at = { direction, prefix: prefixOf('0.0.0.0/0'), protocol: '-1' } as const
        expect(standsIn(acl, { ...at, number: 100, effect: 'allow' })).toBe(true)
        expect(standsIn(acl, { ...at, number: 32_767, effect: 'deny' })).toBe(true)
      }
    })

    it('that does not exist is not found', async () => {
      const none = await ec2.describeNetworkAcls([running.acl, 'acl-0123456789abcdef0'])
      expect(failureOf(none)).toMatchObject({ code: 'ec2.not-found' })
    })

    it('gets tags and loses them, which its entries cannot have', async () => {
      okOf(await ec2.createTags([running.acl], { 'firebreak:filters': 'drill' }))
      expect((await look()).tags).toMatchObject({ 'firebreak:filters': 'drill' })
      okOf(await ec2.deleteTags([running.acl], ['firebreak:filters']))
      expect((await look()).tags).not.toHaveProperty('firebreak:filters')
    })
  })

  describe('an entry', () => {
    it.each<[string, Partial<AclEntry>]>([
      ['of IPv4', {}],
      ['of IPv6', { prefix: prefixOf('2001:db8:1::/48') }],
      ['of one address', { prefix: prefixOf('2001:db8::1/128') }],
      ['for traffic on its way out', { direction: 'egress' }],
      ['that allows', { effect: 'allow' }],
      ['for ports of TCP', { protocol: '6', ports: { from: 11_211, to: 11_214 } }],
      ['for one port of UDP', { protocol: '17', ports: { from: 53, to: 53 } }],
    ])('%s is shown as it was created, and is gone once it is deleted', async (_, changes) => {
      const entry = { ...DENY, ...changes }
      const before = await look()
      okOf(await create(changes))
      expect(entryAt(await look(), entry)).toEqual(entry)
      expect(standsIn(await look(), entry)).toBe(true)
      okOf(await remove(entry))
      expect(await look()).toEqual(before)
    })

    it('has a number once in each direction', async () => {
      okOf(await create())
      expect(failureOf(await create({ prefix: prefixOf('198.51.100.0/24') })).code).toBe('ec2.exists')
      expect(entryAt(await look(), DENY)).toEqual(DENY)
      okOf(await create({ direction: 'egress' }))
    })

    it('of IPv6 shares the numbers of IPv4', async () => {
      okOf(await create())
      expect(failureOf(await create({ prefix: prefixOf('2001:db8::/32') })).code).toBe('ec2.exists')
    })

    it('of an ACL that does not exist is not created', async () => {
      const none = await ec2.createNetworkAclEntry({ acl: 'acl-0123456789abcdef0', entry: DENY })
      expect(failureOf(none).code).toBe('ec2.not-found')
    })

    it('that is deleted leaves the one with its number in the other direction', async () => {
      okOf(await create())
      okOf(await create({ direction: 'egress' }))
      okOf(await remove(DENY))
      const acl = await look()
      expect([entryAt(acl, DENY), entryAt(acl, { ...DENY, direction: 'egress' })?.number]).toEqual([
        undefined,
        1,
      ])
    })

    documented('gone')('that is not there cannot be deleted, and that is known', async () => {
      expect(failureOf(await remove(DENY)).code).toBe('ec2.not-found')
    })

    // EC2 and the drill clear them at once; Moto keeps them.
    it('with host bits reads as what it matches, however the server keeps it', async () => {
      await createUnchecked(1, '100.68.0.18/18')
      expect(entryAt(await look(), DENY)).toEqual({ ...DENY, prefix: prefixOf('100.68.0.0/18') })
    })

    documented('badPrefix')('of no prefix at all is refused', async () => {
      try {
        await expect(createUnchecked(1, '999.1.1.1/24')).rejects.toThrow()
      } finally {
        await remove(DENY) // where it is there, nothing of the ACL can be read
      }
    })

    documented('numbers')('has a number from 1 to 32766', async () => {
      okOf(await create({ number: 32_766, effect: 'allow' }))
      okOf(await remove({ number: 32_766, direction: 'ingress' }))
      for (const number of [0, 40_000]) {
        await expect(createUnchecked(number, '192.0.2.0/24')).rejects.toThrow()
      }
    })

    documented('quota')(
      'is the last of 20 in its direction and family, with what denies the rest',
      async () => {
        const numbers = Array.from({ length: 18 }, (_, index) => index + 1)
        for (const number of numbers) okOf(await create({ number }))
        expect(failureOf(await create({ number: 19 })).code).toBe('ec2.full')
      },
    )
  })
}
