import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Ec2, Ec2Probe, Instance, LaunchRequest, Sts } from '../../src/providers/contract.js'
import { DRY_RUN_VERIFIED } from '../../src/providers/contract.js'
import { createProviders } from '../../src/providers/providers.js'
import type { Wire } from '../../src/providers/wire.js'
import { failureOf, okOf } from '../providers/wire.js'
import type { Service } from './service.js'

/** An account with running proxies, each with an Elastic IP, found by `tags`. */
export type RunningEc2 = {
  readonly wire: Wire
  readonly account: string
  readonly tags: { readonly [key: string]: string }
  readonly launch: Omit<LaunchRequest, 'clientToken'>
  readonly otherType: string
  /** In another zone than that of `launch`. */
  readonly otherSubnet: string
  /** Sets termination protection. */
  readonly protect: (instance: string) => Promise<void>
  readonly stop: () => Promise<void>
}

/**
 * Where Moto 5.2 is not as EC2 is documented, and why. Those tests are known to fail there: one that passes one day
 * fails the suite, and its line here can go. The drill's endpoint is the stricter one: it differs in nothing.
 */
export const MOTO_DIFFERS = {
  sameToken: 'a client token is only echoed: the same one launches again',
  sameTokenOther: 'a client token is only echoed: other parameters are accepted with it',
  byToken: 'the filter `client-token` is not implemented, and is answered by a page of HTML with status 500',
  dryRunOfNone: 'a dry run is answered before it is looked whether what it names exists',
  zones: 'protection keeps those that were launched later, whatever their zone',
} as const
type Difference = keyof typeof MOTO_DIFFERS

export const ec2Suite = (
  service: Service<RunningEc2>,
  differs: { readonly [D in Difference]?: string } = {},
): void => {
  /** What EC2's documentation says, where this server may do otherwise. */
  const documented = (difference: Difference) => (differs[difference] === undefined ? it : it.fails)
  let running: RunningEc2
  let ec2: Ec2
  let sts: Sts
  beforeAll(async () => {
    running = await service.start()
    const providers = createProviders(running.wire)
    ec2 = okOf(await providers.ec2())
    sts = okOf(await providers.sts())
  })
  afterAll(() => running?.stop())

  const proxies = async (): Promise<Instance[]> =>
    okOf(await ec2.describeInstances({ filters: tagFilters(running.tags) }))
  const proxy = async (index: number): Promise<Instance> =>
    (await proxies())[index] ?? expect.fail('too few proxies')
  const addressOf = async (instance: Instance) =>
    okOf(await ec2.describeAddresses([{ name: 'instance-id', values: [instance.id] }]))[0] ??
    expect.fail(`${instance.id} has no address`)

  it('says whose account it is', async () => {
    expect(okOf(await sts.account())).toBe(running.account)
  })

  it('says what time it is, to the second', async () => {
    const told = okOf(await sts.time())
    expect(new Date(told).toISOString()).toMatch(/\.000Z$/)
  })

  describe('instances', () => {
    it('are found by their tags', async () => {
      const found = await proxies()
      expect(found.length).toBeGreaterThan(1)
      for (const { id, state, tags, privateIp, subnet, zone } of found) {
        expect(id).toMatch(/^i-[0-9a-f]+$/)
        expect(state).toBe('running')
        expect(tags).toMatchObject(running.tags)
        expect([privateIp, subnet, zone]).not.toContain(undefined)
      }
    })

    it('are found by their ids', async () => {
      const one = await proxy(0)
      expect(okOf(await ec2.describeInstances({ ids: [one.id] }))).toEqual([one])
    })

    it('that do not exist are not found', async () => {
      const none = await ec2.describeInstances({ ids: ['i-0123456789abcdef0'] })
      expect(failureOf(none).code).toBe('ec2.not-found')
    })

    it('that match no filter are an empty list', async () => {
      const filters = tagFilters({ role: 'nobody-has-this' })
      expect(okOf(await ec2.describeInstances({ filters }))).toEqual([])
    })

    it('get tags and lose them', async () => {
      const { id } = await proxy(0)
      okOf(await ec2.createTags([id], { 'firebreak:state': 'parked' }))
      expect((await proxy(0)).tags).toMatchObject({ 'firebreak:state': 'parked' })
      okOf(await ec2.deleteTags([id], ['firebreak:state']))
      expect((await proxy(0)).tags).not.toHaveProperty('firebreak:state')
    })
  })

  describe('a launch', () => {
    const launchAs = async (clientToken: string) => {
      const request = { ...running.launch, clientToken, tags: { 'firebreak:op': clientToken } }
      return okOf(await ec2.runInstance(request)).id
    }
    const idsBy = async (name: string, value: string) =>
      okOf(await ec2.describeInstances({ filters: [{ name, values: [value] }] })).map(({ id }) => id)

    it('is found by the tag that it was launched with, at once', async () => {
      const id = await launchAs('token-0')
      expect(await idsBy('tag:firebreak:op', 'token-0')).toEqual([id])
    })

    documented('byToken')('is found by its client token', async () => {
      const id = await launchAs('token-3')
      expect(await idsBy('client-token', 'token-3')).toEqual([id])
    })

    documented('sameToken')('is one instance, however often it is asked for with one token', async () => {
      const first = await launchAs('token-1')
      expect(await launchAs('token-1')).toBe(first)
      expect(await idsBy('tag:firebreak:op', 'token-1')).toEqual([first])
    })

    documented('sameTokenOther')('of something else with the same token is ambiguous', async () => {
      okOf(await ec2.runInstance({ ...running.launch, clientToken: 'token-2' }))
      const other = await ec2.runInstance({
        ...running.launch,
        instanceType: running.otherType,
        clientToken: 'token-2',
      })
      expect(failureOf(other).code).toBe('ec2.ambiguous')
    })

    it('in another subnet is in another zone', async () => {
      const place = { ...running.launch, subnet: running.otherSubnet, clientToken: 'token-4' }
      const [here, there] = [
        okOf(await ec2.runInstance({ ...running.launch, clientToken: 'token-5' })),
        okOf(await ec2.runInstance(place)),
      ]
      expect(there).toMatchObject({ subnet: running.otherSubnet })
      expect(there.zone).not.toBe(here.zone)
    })

    it('with a list of tags and none in it is rejected', async () => {
      const launched = await ec2.runInstance({ ...running.launch, clientToken: 'token-6', tags: {} })
      expect(failureOf(launched).code).toBe('ec2.rejected')
    })

    it.each([
      ['launch template', { launchTemplate: 'nobody-has-this' }],
      ['subnet', { subnet: 'subnet-0123456789abcdef0' }],
    ])('from a %s that does not exist is rejected', async (name, wrong) => {
      const launched = await ec2.runInstance({ ...running.launch, clientToken: `token ${name}`, ...wrong })
      expect(failureOf(launched).code).toBe('ec2.rejected')
    })
  })

  describe('subnets', () => {
    it('lie in the zone of what is launched there', async () => {
      const { subnet } = running.launch
      const [found, ...more] = okOf(await ec2.describeSubnets([subnet]))
      expect(more).toEqual([])
      expect(found).toMatchObject({ id: subnet, zoneId: expect.stringMatching(/^[a-z]+\d-az\d+$/) })
      const there = okOf(await ec2.runInstance({ ...running.launch, clientToken: 'token-zone' }))
      expect(there.zone).toBe(found?.zone)
    })

    it('that do not exist fail the request', async () => {
      const none = await ec2.describeSubnets([running.launch.subnet, 'subnet-0123456789abcdef0'])
      expect(failureOf(none).code).toBe('ec2.rejected')
    })
  })

  describe('a termination', () => {
    let number = 0
    const launched = async (subnet: string): Promise<string> => {
      number += 1
      const request = {
        ...running.launch,
        subnet,
        clientToken: `to-end-${number}`,
        tags: { purpose: 'to be ended' },
      }
      return okOf(await ec2.runInstance(request)).id
    }
    const here = () => launched(running.launch.subnet)
    const there = () => launched(running.otherSubnet)
    const isEnding = async (id: string): Promise<boolean> => {
      const [instance] = okOf(await ec2.describeInstances({ ids: [id] }))
      return ['shutting-down', 'terminated'].includes(instance?.state ?? '')
    }

    it('ends what it names, which is shown for a while, and may be asked for again', async () => {
      const [one, other] = [await here(), await here()]
      okOf(await ec2.terminateInstances([one]))
      expect([await isEnding(one), await isEnding(other)]).toEqual([true, false])
      okOf(await ec2.terminateInstances([one]))
    })

    it('ends nothing where one of the ids does not exist', async () => {
      const one = await here()
      const none = await ec2.terminateInstances([one, 'i-0123456789abcdef0'])
      expect(failureOf(none).code).toBe('ec2.not-found')
      expect(await isEnding(one)).toBe(false)
    })

    it('of a protected one is not permitted, in the words of EC2', async () => {
      const one = await here()
      await running.protect(one)
      const failed = failureOf(await ec2.terminateInstances([one]))
      expect(failed.code).toBe('ec2.not-permitted')
      expect(failed.message).toContain('OperationNotPermitted')
      expect(await isEnding(one)).toBe(false)
    })

    it('is carried out in another zone than that of a protected one, though it fails', async () => {
      const [elsewhere, shielded] = [await there(), await here()]
      await running.protect(shielded)
      failureOf(await ec2.terminateInstances([elsewhere, shielded]))
      expect([await isEnding(elsewhere), await isEnding(shielded)]).toEqual([true, false])
    })

    documented('zones')('is not carried out in the zone of a protected one, and is in others', async () => {
      const [beside, shielded, elsewhere] = [await here(), await here(), await there()]
      await running.protect(shielded)
      failureOf(await ec2.terminateInstances([beside, shielded, elsewhere]))
      expect([await isEnding(beside), await isEnding(elsewhere)]).toEqual([false, true])
    })
  })

  describe('asked whether it may be done', () => {
    const probesOn = async (): Promise<readonly Ec2Probe[]> => {
      const { id } = await proxy(0)
      const { allocationId } = await addressOf(await proxy(0))
      return [
        { operation: 'RunInstances', request: { ...running.launch, clientToken: 'token-dry' } },
        { operation: 'CreateTags', ids: [id], tags: { 'firebreak:state': 'parked' } },
        { operation: 'DeleteTags', ids: [id], keys: Object.keys(running.tags) },
        {
          operation: 'AssociateAddress',
          request: { allocationId, instanceId: (await proxy(1)).id, allowReassociation: true },
        },
        { operation: 'TerminateInstances', ids: [id] },
      ]
    }
    const everything = async () => ({
      instances: okOf(await ec2.describeInstances({})),
      addresses: okOf(await ec2.describeAddresses([])),
    })

    it.each(Object.values(DRY_RUN_VERIFIED))('%s is permitted, and not done', async operation => {
      const probe = (await probesOn()).find(one => one.operation === operation) ?? expect.fail('no such probe')
      const before = await everything()
      expect(await ec2.mayI(probe)).toMatchObject({ permission: `ec2:${operation}`, verdict: 'allowed' })
      expect(await everything()).toEqual(before)
    })

    documented('dryRunOfNone')('is unknown of what does not exist', async () => {
      const probe = { operation: 'CreateTags', ids: ['i-0123456789abcdef0'], tags: { a: 'b' } } as const
      expect(await ec2.mayI(probe)).toMatchObject({ verdict: 'unknown' })
    })
  })

  describe('an address', () => {
    it('moves to another instance when it may be taken from the first', async () => {
      const [from, to] = [await proxy(0), await proxy(1)]
      const { allocationId } = await addressOf(from)
      const move = { allocationId, instanceId: to.id }
      const refused = await ec2.associateAddress({ ...move, allowReassociation: false })
      expect(failureOf(refused).code).toBe('ec2.rejected')
      const moved = okOf(await ec2.associateAddress({ ...move, allowReassociation: true }))
      const after = okOf(await ec2.describeAddresses([{ name: 'allocation-id', values: [allocationId] }]))
      expect(after).toMatchObject([{ allocationId, instanceId: to.id, associationId: moved.associationId }])
    })
  })
}

const tagFilters = (tags: { readonly [key: string]: string }) =>
  Object.entries(tags).map(([key, value]) => ({ name: `tag:${key}`, values: [value] }))
