import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Ec2, Ec2Probe, Instance, LaunchRequest, Sts, Wire } from '../../src/providers/contract.js'
import { DRY_RUN_VERIFIED } from '../../src/providers/contract.js'
import { createProviders } from '../../src/providers/providers.js'
import { failureOf, okOf } from '../providers/wire.js'
import type { Service } from './service.js'

/** An account with running proxies, each with an Elastic IP, found by `tags`. */
export type RunningEc2 = {
  readonly wire: Wire
  readonly account: string
  readonly tags: { readonly [key: string]: string }
  readonly launch: Omit<LaunchRequest, 'clientToken'>
  readonly otherType: string
  readonly stop: () => Promise<void>
}

export const ec2Suite = (service: Service<RunningEc2>): void => {
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
    it('is one instance, however often it is asked for with one token', async () => {
      const request = { ...running.launch, clientToken: 'token-1', tags: { 'firebreak:op': 'launch-1' } }
      const first = okOf(await ec2.runInstance(request))
      const again = okOf(await ec2.runInstance(request))
      expect(again.id).toBe(first.id)
      const tagged = okOf(await ec2.describeInstances({ filters: tagFilters({ 'firebreak:op': 'launch-1' }) }))
      expect(tagged.map(({ id }) => id)).toEqual([first.id])
      const byToken = [{ name: 'client-token', values: ['token-1'] }]
      expect(okOf(await ec2.describeInstances({ filters: byToken })).map(({ id }) => id)).toEqual([first.id])
    })

    it('of something else with the same token is ambiguous', async () => {
      okOf(await ec2.runInstance({ ...running.launch, clientToken: 'token-2' }))
      const other = await ec2.runInstance({
        ...running.launch,
        instanceType: running.otherType,
        clientToken: 'token-2',
      })
      expect(failureOf(other).code).toBe('ec2.ambiguous')
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

    it('is unknown of what does not exist', async () => {
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
