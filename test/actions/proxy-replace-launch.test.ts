import { describe, expect, it } from 'vitest'
import { fail } from '../../src/domain/result.js'
import type { Instance } from '../../src/providers/contract.js'
import { failureOf, okOf } from '../engine/results.js'
import { CLUSTER, handsOn, newCloud } from './cloud.js'
import { DOWN, effect, LAUNCH, opOf, probe, undoOf } from './ops.js'

describe('launch', () => {
  it('sends its token, and tags what it launches so that it is found again', async () => {
    const cloud = newCloud()
    expect(okOf(await effect(cloud, 'launch', LAUNCH))).toMatchObject({
      instance: 'i-new1',
      subnet: 'subnet-a1',
    })
    expect(cloud.launches).toEqual([
      {
        launchTemplate: 'lt-proxy',
        subnet: 'subnet-a1',
        instanceType: 'c7i.large',
        clientToken: 'token-1',
        tags: {
          role: 'proxy',
          cluster: CLUSTER,
          Name: `${CLUSTER}-proxy`,
          'firebreak:incident': 'i-test',
          'firebreak:op': 'token-1',
          'firebreak:state': 'launching',
        },
      },
    ])
  })

  it('keeps a `Name` by which the fleet is found', async () => {
    const cloud = newCloud()
    await effect(cloud, 'launch', { ...LAUNCH, tags: { Name: 'cache-proxy' } })
    expect(cloud.launches[0]?.tags.Name).toBe('cache-proxy')
  })

  it('gives a failure of EC2 as it is', async () => {
    const cloud = newCloud()
    cloud.failing.set('runInstance subnet-a1 c7i.large', fail('ec2.capacity', 'none', 'wait'))
    expect(failureOf(await effect(cloud, 'launch', LAUNCH)).code).toBe('ec2.capacity')
  })

  it.each<[string, Partial<Instance>]>([
    ['its tag', { tags: { 'firebreak:op': 'token-1' } }],
    ['its client token', { clientToken: 'token-1', tags: {} }],
  ])('is found done by %s alone', async (_what, marks) => {
    const cloud = newCloud()
    cloud.instances.set('i-7', { id: 'i-7', state: 'pending', tags: {}, ...marks })
    expect(await probe(cloud, 'launch', LAUNCH)).toMatchObject({ state: 'done', result: { instance: 'i-7' } })
  })

  it('is found not done where nothing carries its token', async () => {
    const cloud = newCloud()
    cloud.instances.set('i-7', { id: 'i-7', state: 'pending', tags: { 'firebreak:op': 'token-2' } })
    const hands = handsOn(cloud)
    const found = await opOf('launch').probe(LAUNCH, 'token-1', hands)
    expect(found).toEqual({
      state: 'not-done',
      evidence: 'no instance carries token-1: waited 1m for an instance tagged firebreak:op=token-1',
    })
    expect(hands.clock.slept).toEqual(Array(12).fill(5_000))
  })

  it('is found done where EC2 shows it late', async () => {
    const cloud = newCloud()
    const hands = handsOn(cloud)
    const clock: typeof hands.clock = {
      ...hands.clock,
      sleep: async (ms, signal) => {
        if (hands.clock.slept.length === 8)
          cloud.instances.set('i-7', { id: 'i-7', state: 'pending', tags: { 'firebreak:op': 'token-1' } })
        return hands.clock.sleep(ms, signal)
      },
    }
    const found = await opOf('launch').probe(LAUNCH, 'token-1', { ...hands, clock })
    expect(found).toMatchObject({ state: 'done', result: { instance: 'i-7' } })
  })

  it.each([
    ['rejected', 'not-done'],
    ['unavailable', 'unknown'],
  ] as const)('asked by client token, and %s, is %s where nothing has its tag', async (code, state) => {
    const cloud = newCloud()
    cloud.failing.set('describeInstances client-token', fail(`ec2.${code}`, 'no', 'look'))
    expect(await probe(cloud, 'launch', LAUNCH)).toMatchObject({ state })
  })

  it.each(['ec2', 'describeInstances'])('cannot be told where EC2 cannot be asked (%s)', async what => {
    const cloud = newCloud()
    cloud.failing.set(what, DOWN)
    const found = await probe(cloud, 'launch', LAUNCH)
    expect(found.state).toBe('unknown')
    expect(found.evidence).toContain('firebreak:op=token-1')
  })

  it('is undone by parking what was launched, not by terminating it', () => {
    expect(undoOf('launch', LAUNCH, { instance: 'i-7' })).toEqual([
      { kind: 'park', key: 'park', target: 'i-7', args: { instance: 'i-7', cluster: CLUSTER } },
    ])
  })

  it('cannot be undone where nobody knows what was launched, and says so', () => {
    const { undo } = opOf('launch')
    expect(typeof undo === 'function' && undo(LAUNCH, null)).toContain('not known')
  })
})
