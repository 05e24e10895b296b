import { describe, expect, it } from 'vitest'
import { failureOf, okOf } from '../engine/results.js'
import { CLUSTER, type Cloud, newCloud } from './cloud.js'
import { DOWN, effect, probe, undoOf } from './ops.js'

describe('move', () => {
  const MOVE = { allocation: 'eipalloc-3', from: 'i-3', to: 'i-5' }
  const attachedTo = (instanceId: string | undefined): Cloud => {
    const cloud = newCloud()
    const { instanceId: _, ...address } = cloud.addresses.get('eipalloc-3')!
    cloud.addresses.set('eipalloc-3', instanceId === undefined ? address : { ...address, instanceId })
    return cloud
  }

  it('moves the address from the old proxy to the new one', async () => {
    const cloud = newCloud()
    expect(okOf(await effect(cloud, 'move', MOVE))).toEqual({ association: 'assoc-i-5' })
    expect(cloud.addresses.get('eipalloc-3')?.instanceId).toBe('i-5')
  })

  it.each(['i-1', undefined])('sends nothing where somebody moved it meanwhile, to %s', async elsewhere => {
    const cloud = attachedTo(elsewhere)
    const failed = failureOf(await effect(cloud, 'move', MOVE))
    expect(failed.code).toBe('plan.stale')
    expect(failed.message).toContain(elsewhere ?? 'nothing')
    expect(cloud.sent).toEqual([])
  })

  it('is content where somebody has moved it to the new one', async () => {
    const cloud = attachedTo('i-5')
    okOf(await effect(cloud, 'move', MOVE))
    expect(cloud.sent).toEqual([])
  })

  describe('to what was launched', () => {
    const NEW = { ...MOVE, cluster: CLUSTER, private_ip: '10.0.0.5' }

    it('looks once more whether it serves', async () => {
      const cloud = newCloud()
      okOf(await effect(cloud, 'move', NEW))
      expect(cloud.sent).toEqual(['associate eipalloc-3 i-5'])
    })

    it('moves nothing where it no longer serves, and is no doubt', async () => {
      const cloud = newCloud()
      cloud.dead.add('tcp://10.0.0.5:11211')
      const failed = failureOf(await effect(cloud, 'move', NEW))
      expect(failed.code).toBe('plan.stale')
      expect(failed.message).toContain('i-5 served and no longer does')
      expect(cloud.sent).toEqual([])
    })

    it('is taken back also where the old one serves nothing', async () => {
      const cloud = newCloud()
      await effect(cloud, 'move', NEW)
      cloud.dead.add('tcp://10.0.0.3:11211')
      const [back] = undoOf('move', NEW, null)
      okOf(await effect(cloud, back!.kind, back!.args))
      expect(cloud.addresses.get('eipalloc-3')?.instanceId).toBe('i-3')
    })
  })

  it.each<[string, string | undefined, string]>([
    ['done, attached to the new one', 'i-5', 'done'],
    ['not done, still attached to the old one', 'i-3', 'not-done'],
    ['not to be told, attached to a third one', 'i-1', 'unknown'],
    ['not to be told, attached to nothing', undefined, 'unknown'],
  ])('is %s', async (_what, instance, state) => {
    expect(await probe(attachedTo(instance), 'move', MOVE)).toMatchObject({ state })
  })

  it.each(['ec2', 'describeAddresses'])('cannot be told where EC2 cannot be asked (%s)', async what => {
    const cloud = newCloud()
    cloud.failing.set(what, DOWN)
    expect(await probe(cloud, 'move', MOVE)).toMatchObject({ state: 'unknown' })
  })

  describe('on the way back', () => {
    const back = () => undoOf('move', MOVE, null)[0]!

    it('is attached to what it was taken from also where it is attached to nothing, if it still is', async () => {
      const cloud = attachedTo(undefined)
      okOf(await effect(cloud, back().kind, back().args))
      expect(cloud.sent).toEqual(['associate eipalloc-3 i-3 if free'])
    })

    it('is not taken from a third one', async () => {
      const cloud = attachedTo('i-1')
      expect(failureOf(await effect(cloud, back().kind, back().args)).code).toBe('plan.stale')
      expect(cloud.sent).toEqual([])
    })
  })

  it('is undone by moving it back', async () => {
    const cloud = newCloud()
    await effect(cloud, 'move', MOVE)
    const [back, ...more] = undoOf('move', MOVE, { association: 'assoc-i-5' })
    expect(more).toEqual([])
    okOf(await effect(cloud, back!.kind, back!.args))
    expect(cloud.addresses.get('eipalloc-3')?.instanceId).toBe('i-3')
  })
})
