import { describe, expect, it } from 'vitest'
import type { OpBehaviour, OpRequest } from '../../src/actions/contract.js'
import { behaviour } from '../../src/actions/proxy-replace/behaviour.js'
import type { Json, JsonObject } from '../../src/domain/json.js'
import { fail } from '../../src/domain/result.js'
import type { Instance } from '../../src/providers/contract.js'
import { failureOf, okOf } from '../engine/results.js'
import { CLUSTER, type Cloud, handsOn, newCloud } from './cloud.js'

const opOf = (kind: string): OpBehaviour => {
  const op = behaviour.ops[kind]
  if (!op) throw new Error(`no op ${kind}`)
  return op
}
const effect = (cloud: Cloud, kind: string, args: JsonObject) =>
  opOf(kind).effect(args, 'token-1', handsOn(cloud))
const probe = (cloud: Cloud, kind: string, args: JsonObject) =>
  opOf(kind).probe(args, 'token-1', handsOn(cloud))
const undoOf = (kind: string, args: JsonObject, result: Json): readonly OpRequest[] => {
  const { undo } = opOf(kind)
  const requests = typeof undo === 'string' ? undo : undo(args, result)
  if (typeof requests === 'string') throw new Error(requests)
  return requests
}

const DOWN = fail('ec2.unavailable', 'EC2 does not answer', 'wait')

const LAUNCH = {
  cluster: CLUSTER,
  launch_template: 'lt-proxy',
  subnet: 'subnet-a1',
  instance_type: 'c7i.large',
  tags: { role: 'proxy', cluster: CLUSTER },
}

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
        },
      },
    ])
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
    expect(await probe(cloud, 'launch', LAUNCH)).toMatchObject({ state: 'not-done' })
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
      { kind: 'park', key: 'park', target: 'i-7', args: { instance: 'i-7' } },
    ])
  })

  it('cannot be undone where nobody knows what was launched, and says so', () => {
    const { undo } = opOf('launch')
    expect(typeof undo === 'function' && undo(LAUNCH, null)).toContain('not known')
  })
})

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

  it('wants an answer of the runtime API and through every frontend', async () => {
    const cloud = newCloud()
    cloud.connections.set(ADMIN, 0)
    expect(okOf(await effect(cloud, 'await-serving', SERVING))).toEqual({ frontends: 2 })
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

  it('is undone by moving it back', async () => {
    const cloud = newCloud()
    await effect(cloud, 'move', MOVE)
    const [back, ...more] = undoOf('move', MOVE, { association: 'assoc-i-5' })
    expect(more).toEqual([])
    okOf(await effect(cloud, back!.kind, back!.args))
    expect(cloud.addresses.get('eipalloc-3')?.instanceId).toBe('i-3')
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
      tags: { role: 'proxy', 'firebreak:state': 'parked', 'firebreak:incident': 'i-test' },
    })
    expect(cloud.sent).toEqual(['tag i-3'])
  })

  it('is undone by taking the tag away, and that is undone by parking again', async () => {
    const cloud = newCloud()
    okOf(await effect(cloud, 'park', PARK))
    const [unpark] = undoOf('park', PARK, { parked: 'i-3' })
    okOf(await effect(cloud, unpark!.kind, unpark!.args))
    expect(stateOf(cloud)).toBeUndefined()
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
    ]
    for (const { kind } of requests) expect(Object.keys(behaviour.ops)).toContain(kind)
  })
})
