import { describe, expect, it } from 'vitest'
import { behaviour } from '../../src/actions/proxy-replace/behaviour.js'
import type { JsonObject } from '../../src/domain/json.js'
import { fail } from '../../src/domain/result.js'
import type { Instance } from '../../src/providers/contract.js'
import { failureOf, okOf } from '../engine/results.js'
import { CLUSTER, type Cloud, handsOn, newCloud } from './cloud.js'
import { DOWN, effect, LAUNCH, opOf, probe, undoOf } from './ops.js'

const RUNNING = { instance: 'i-new1', cluster: CLUSTER }

describe('await-running', () => {
  const launched = (more: Partial<Instance>): Cloud => {
    const cloud = newCloud()
    cloud.instances.set('i-new1', { id: 'i-new1', state: 'pending', tags: {}, ...more })
    return cloud
  }

  it('gives the private address of what runs', async () => {
    const cloud = launched({ state: 'running', privateIp: '10.0.0.100', zone: 'us-east-1a' })
    expect(okOf(await effect(cloud, 'await-running', RUNNING))).toEqual({
      private_ip: '10.0.0.100',
      zone: 'us-east-1a',
    })
  })

  it.each(['terminated', 'shutting-down', 'stopping', 'stopped'] as const)(
    'fails at once for one that is %s, with the reason that EC2 gives',
    async state => {
      const cloud = launched({ state, stateReason: 'Client.InternalError: the KMS key is not accessible' })
      const hands = handsOn(cloud)
      const failed = failureOf(await opOf('await-running').effect(RUNNING, '', hands))
      expect(failed.code).toBe('ec2.rejected')
      expect(failed.message).toContain('the KMS key is not accessible')
      expect(failed.message).toContain(state)
      expect(hands.clock.slept).toEqual([])
    },
  )

  it.each<[string, Partial<Instance> | undefined]>([
    ['is pending', {}],
    ['runs and has no address yet', { state: 'running' }],
    ['EC2 does not know yet', undefined],
  ])('looks again while it %s, and gives up after five minutes', async (_what, more) => {
    const cloud = more === undefined ? newCloud() : launched(more)
    const hands = handsOn(cloud)
    const failed = failureOf(await opOf('await-running').effect(RUNNING, '', hands))
    expect(failed).toMatchObject({ code: 'wait.timeout', message: 'waited 5m for i-new1 to run' })
    expect(hands.clock.slept.reduce((sum, ms) => sum + ms, 0)).toBe(300_000)
    expect(cloud.sent).toEqual([])
  })

  it('is a look: it is made again after a crash, and leaves nothing to undo', async () => {
    expect(await probe(newCloud(), 'await-running', RUNNING)).toMatchObject({ state: 'not-done' })
    expect(opOf('await-running').undo).toBe('nothing')
  })
})

describe('await-serving', () => {
  const SERVING = { ...RUNNING, private_ip: '10.0.0.100' }
  const ADMIN = 'tcp://10.0.0.100:9999'

  it('wants an answer of the runtime API and through every frontend, and says where it is reached', async () => {
    const cloud = newCloud()
    cloud.connections.set(ADMIN, 0)
    expect(okOf(await effect(cloud, 'await-serving', SERVING))).toEqual({
      frontends: 2,
      admin: ADMIN,
      host: 'ssh://10.0.0.100',
    })
  })

  it.each<[string, (cloud: Cloud) => void]>([
    ['its runtime API', cloud => cloud.connections.delete(ADMIN)],
    ['its first frontend', cloud => cloud.dead.add('tcp://10.0.0.100:11211')],
    ['its second frontend', cloud => cloud.dead.add('tcp://10.0.0.100:11212')],
  ])('is not content without %s', async (_what, silence) => {
    const cloud = newCloud()
    cloud.connections.set(ADMIN, 0)
    silence(cloud)
    expect(failureOf(await effect(cloud, 'await-serving', SERVING)).code).toBe('wait.timeout')
  })

  it('fails for a cluster that the fleet file no longer has', async () => {
    const cloud = { ...newCloud(), fleet: { ...newCloud().fleet, clusters: {} } }
    expect(failureOf(await effect(cloud, 'await-serving', SERVING)).code).toBe('fleet.unknown-cluster')
  })
})

describe('park', () => {
  const PARK = { instance: 'i-3' }
  const stateOf = (cloud: Cloud) => cloud.instances.get('i-3')?.tags['firebreak:state']

  it('tags the proxy as parked, keeps its other tags, and terminates nothing', async () => {
    const cloud = newCloud()
    okOf(await effect(cloud, 'park', PARK))
    expect(cloud.instances.get('i-3')).toMatchObject({
      state: 'running',
      tags: {
        role: 'proxy',
        'firebreak:state': 'parked',
        'firebreak:incident': 'i-test',
        'firebreak:parked-since': '2027-01-15T08:00:00.000Z', // where the clock of these tests begins
      },
    })
    expect(cloud.sent).toEqual(['tag i-3'])
  })

  it('is undone by taking the tag away, and that is undone by parking again', async () => {
    const cloud = newCloud()
    okOf(await effect(cloud, 'park', PARK))
    const [unpark] = undoOf('park', PARK, { parked: 'i-3' })
    okOf(await effect(cloud, unpark!.kind, unpark!.args))
    expect(stateOf(cloud)).toBeUndefined()
    expect(cloud.instances.get('i-3')?.tags).not.toHaveProperty('firebreak:parked-since')
    expect(cloud.instances.get('i-3')?.tags.role).toBe('proxy')
    const [again] = undoOf(unpark!.kind, unpark!.args, null)
    okOf(await effect(cloud, again!.kind, again!.args))
    expect(stateOf(cloud)).toBe('parked')
  })

  it.each([
    ['park', false, 'not-done'],
    ['park', true, 'done'],
    ['unpark', false, 'done'],
    ['unpark', true, 'not-done'],
  ] as const)('%s of a proxy that is parked (%s) is %s', async (kind, parked, state) => {
    const cloud = newCloud()
    if (parked) await effect(cloud, 'park', PARK)
    expect(await probe(cloud, kind, PARK)).toMatchObject({ state })
  })

  it.each(['park', 'unpark'])('%s cannot be told where EC2 cannot be asked', async kind => {
    const cloud = newCloud()
    cloud.failing.set('describeInstances', DOWN)
    expect(await probe(cloud, kind, PARK)).toMatchObject({ state: 'unknown' })
  })

  it('gives a failure of EC2 as it is', async () => {
    const cloud = newCloud()
    cloud.failing.set('createTags', fail('ec2.throttled', 'too fast', 'wait'))
    expect(failureOf(await effect(cloud, 'park', PARK)).code).toBe('ec2.throttled')
  })
})

describe('enter-service', () => {
  const ENTER = { instance: 'i-new1' }
  const launched = async (): Promise<Cloud> => {
    const cloud = newCloud()
    okOf(await effect(cloud, 'launch', LAUNCH))
    return cloud
  }
  const stateOf = (cloud: Cloud) => cloud.instances.get('i-new1')?.tags['firebreak:state']

  it('lets the fleet see what was launched', async () => {
    const cloud = await launched()
    expect(await probe(cloud, 'enter-service', ENTER)).toMatchObject({ state: 'not-done' })
    okOf(await effect(cloud, 'enter-service', ENTER))
    expect(stateOf(cloud)).toBe('in-service')
    expect(await probe(cloud, 'enter-service', ENTER)).toMatchObject({ state: 'done' })
  })

  it('is undone by hiding it again, as it was after its launch', async () => {
    const cloud = await launched()
    okOf(await effect(cloud, 'enter-service', ENTER))
    const [back] = undoOf('enter-service', ENTER, null)
    expect(await probe(cloud, back!.kind, back!.args)).toMatchObject({ state: 'not-done' })
    okOf(await effect(cloud, back!.kind, back!.args))
    expect(stateOf(cloud)).toBe('launching')
    expect(await probe(cloud, back!.kind, back!.args)).toMatchObject({ state: 'done' })
  })

  it('is taken back together with the launch by one parking, in the order of an undo', async () => {
    const cloud = await launched()
    okOf(await effect(cloud, 'enter-service', ENTER))
    const requests = [
      ...undoOf('enter-service', ENTER, null),
      ...undoOf('launch', LAUNCH, { instance: 'i-new1' }),
    ]
    expect(requests.filter(({ kind }) => kind === 'park')).toHaveLength(1)
    for (const { kind, args } of requests) okOf(await effect(cloud, kind, args))
    expect(stateOf(cloud)).toBe('parked')
  })

  it('never happened to what was abandoned, so that undo leaves that parked', () => {
    expect(undoOf('park', { ...ENTER, abandoned: true }, null)).toEqual([])
  })
})

describe('what an op takes away', () => {
  const PARK = { instance: 'i-3', cluster: CLUSTER }
  const TAKEN = { cluster: CLUSTER, targets: ['i-3'] }
  const takes = (kind: string, args: JsonObject) => opOf(kind).takes?.(args)

  it.each(['park', 'leave-service'])('is the proxy for %s', kind => {
    expect(takes(kind, PARK)).toEqual(TAKEN)
  })

  it('is nothing where what is parked never served, or a journal does not say whose it is', () => {
    expect(takes('park', { ...PARK, abandoned: true })).toBeUndefined()
    expect(takes('park', { instance: 'i-3' })).toBeUndefined()
  })

  it('is nothing for the others', () => {
    const taking = Object.entries(behaviour.ops).filter(([, { takes: take }]) => take)
    expect(taking.map(([kind]) => kind).sort()).toEqual(['disable-frontend', 'leave-service', 'park'])
  })

  it('is known to whatever takes a replacement back', () => {
    const back = [
      ...undoOf('launch', LAUNCH, { instance: 'i-3' }),
      ...undoOf('enter-service', PARK, null),
      ...undoOf('unpark', PARK, null),
    ]
    expect(back.map(({ kind, args }) => takes(kind, args))).toEqual([TAKEN, TAKEN, TAKEN])
  })
})

describe('every op', () => {
  it('refuses arguments that are not its own: a journal of last week may be read', async () => {
    for (const kind of Object.keys(behaviour.ops))
      expect(() => opOf(kind).effect({ nonsense: 1 }, '', handsOn(newCloud())), kind).toThrow()
  })

  it('is taken back by ops that exist', () => {
    const requests = [
      ...undoOf('launch', LAUNCH, { instance: 'i-7' }),
      ...undoOf('move', { allocation: 'e', from: 'a', to: 'b' }, null),
      ...undoOf('park', { instance: 'i-3' }, null),
      ...undoOf('unpark', { instance: 'i-3' }, null),
      ...undoOf('enter-service', { instance: 'i-3' }, null),
      ...undoOf('leave-service', { instance: 'i-3' }, null),
    ]
    for (const { kind } of requests) expect(Object.keys(behaviour.ops)).toContain(kind)
  })
})
