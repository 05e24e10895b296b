import { describe, expect, it } from 'vitest'
import type { Apply } from '../../src/actions/contract.js'
import { behaviour } from '../../src/actions/proxy-reap/behaviour.js'
import { proxyReap } from '../../src/actions/proxy-reap/schema.js'
import type { Plan } from '../../src/domain/plan.js'
import { fail, type Result } from '../../src/domain/result.js'
import { failureOf, okOf } from '../engine/results.js'
import { CLUSTER, type Cloud, handsOn, lookAt } from './cloud.js'
import { cloudWithParked, park, without } from './parked.js'
import { hostAt, listAt, registerWith, standing } from './standing.js'

const op = behaviour.ops.terminate!
const end = (cloud: Cloud) => op.effect({ instance: 'i-2' }, 'token-1', handsOn(cloud))
const DOWN = fail('ec2.unavailable', 'EC2 does not answer', 'wait')
const LOST = fail('ec2.ambiguous', 'whether it was done is not known', 'look')
const PROTECTED = fail('ec2.not-permitted', 'OperationNotPermitted', 'look')

describe('filters that stood at a proxy', () => {
  const at = (id: string, by: 'list' | 'host') =>
    by === 'list' ? listAt(id, `tcp://${id}:9999`) : hostAt(id, `ssh://${id}`)
  const acl = { by: 'network_acl', acl: 'acl-1', region: 'us-east-1', number: 10 } as const
  const kept = [
    standing('f-1', at('i-3', 'list'), 2e12, '203.0.113.0/25'),
    standing('f-3', acl, 2e12, '203.0.113.0/25'),
  ]
  const gone = [
    standing('f-1', at('i-2', 'list'), 2e12, '203.0.113.0/25'),
    { ...standing('f-2', at('i-2', 'host'), 2e12, '203.0.113.0/25'), incident: 'i-other' },
  ]
  const left = async (cloud: Cloud, how: 'effect' | 'probe') => {
    const filters = registerWith(...kept, ...gone)
    const result = await op[how]({ instance: 'i-2' }, 'token-1', { ...handsOn(cloud), filters })
    return { result, left: filters.all() }
  }

  it.each<[string, 'effect' | 'probe', (cloud: Cloud) => unknown]>([
    ['once it is terminated', 'effect', () => {}],
    ['where it had ended before', 'effect', cloud => park(cloud, 'i-2', { state: 'terminated' })],
    ['where it was in doubt, and has ended', 'probe', cloud => park(cloud, 'i-2', { state: 'terminated' })],
  ])('are struck out of the register %s, and no others', async (_what, how, change) => {
    const cloud = cloudWithParked('i-2')
    change(cloud)
    expect((await left(cloud, how)).left).toEqual(kept)
  })

  it.each(['effect', 'probe'] as const)('stay as long as it is parked (%s)', async how => {
    const cloud = cloudWithParked('i-2')
    cloud.failing.set('terminateInstances', PROTECTED)
    expect((await left(cloud, how)).left).toEqual([...kept, ...gone])
  })

  it('are said to be in the register still where that cannot be written', async () => {
    const filters = {
      ...registerWith(...gone),
      strike: () => fail('state.unwritable', 'no room', 'make room'),
    }
    const done = await op.effect({ instance: 'i-2' }, 'token-1', {
      ...handsOn(cloudWithParked('i-2')),
      filters,
    })
    expect(okOf(done)).toEqual({
      terminated: 'i-2',
      told: 'its filters are still in the register: no room',
    })
  })
})

describe('terminate', () => {
  it('ends a parked instance', async () => {
    const cloud = cloudWithParked('i-2')
    expect(okOf(await end(cloud))).toEqual({ terminated: 'i-2' })
    expect(cloud.sent).toEqual(['terminate i-2'])
  })

  it.each<[string, (cloud: Cloud) => unknown]>([
    ['is in service again', cloud => without(cloud, 'i-2', 'firebreak:state')],
    ['was put into an Auto Scaling group', c => park(c, 'i-2', { tags: { 'aws:autoscaling:groupName': 'g' } })],
    [
      'got an elastic IP',
      cloud => cloud.addresses.set('e', { allocationId: 'e', publicIp: '203.0.113.2', instanceId: 'i-2' }),
    ],
  ])('sends nothing where it %s since the plan', async (_what, change) => {
    const cloud = cloudWithParked('i-2')
    change(cloud)
    expect(failureOf(await end(cloud)).code).toBe('plan.stale')
    expect(cloud.sent).toEqual([])
  })

  it.each(['describeInstances', 'describeAddresses', 'ec2'])(
    'sends nothing where it cannot look (%s)',
    async what => {
      const cloud = cloudWithParked('i-2')
      cloud.failing.set(what, DOWN)
      expect(failureOf(await end(cloud)).code).toBe('ec2.unavailable')
      expect(cloud.sent).toEqual([])
    },
  )

  it.each<[string, (cloud: Cloud) => unknown]>([
    ['is shutting down', cloud => park(cloud, 'i-2', { state: 'shutting-down' })],
    ['has ended', cloud => park(cloud, 'i-2', { state: 'terminated' })],
    ['EC2 has forgotten', cloud => cloud.instances.delete('i-2')],
  ])('is done, and sends nothing, for what %s', async (_what, change) => {
    const cloud = cloudWithParked('i-2')
    change(cloud)
    expect(okOf(await end(cloud))).toMatchObject({
      terminated: 'i-2',
      told: 'had ended before; nothing was sent',
    })
    expect(cloud.sent).toEqual([])
  })

  it.each([LOST, PROTECTED, DOWN])(
    'is done where EC2 did it though it reported a failure (%#)',
    async failed => {
      const cloud = cloudWithParked('i-2')
      cloud.failing.set('terminateInstances', failed)
      cloud.endsAnyway = true
      expect(okOf(await end(cloud))).toEqual({ terminated: 'i-2' })
    },
  )

  it('stays in doubt where the answer was lost and EC2 still shows it running: that can be late', async () => {
    const cloud = cloudWithParked('i-2')
    cloud.failing.set('terminateInstances', LOST)
    expect(failureOf(await end(cloud)).code).toBe('ec2.ambiguous')
  })

  it('names termination protection, and how to lift it', async () => {
    const cloud = cloudWithParked('i-2')
    cloud.failing.set('terminateInstances', PROTECTED)
    const { code, message, next } = failureOf(await end(cloud))
    expect(code).toBe('ec2.not-permitted')
    expect(message).toBe('i-2 is protected against termination, and runs on: OperationNotPermitted')
    expect(next).toContain('--no-disable-api-termination')
  })

  it('cannot be taken back, and is one command by hand', () => {
    expect(op.undo).toBe('irreversible')
    expect(op.byHand?.({ instance: 'i-2' })).toBe('aws ec2 terminate-instances --instance-ids i-2')
  })
})

describe('what became of a termination', () => {
  const probe = async (cloud: Cloud) => {
    const hands = handsOn(cloud)
    return { found: await op.probe({ instance: 'i-2' }, 'token-1', hands), slept: hands.clock.slept }
  }

  it.each(['shutting-down', 'terminated'] as const)('is known to be done where it is %s', async state => {
    const { found } = await probe(park(cloudWithParked('i-2'), 'i-2', { state }))
    expect(found).toMatchObject({ state: 'done', result: { terminated: 'i-2' } })
  })

  it('is known to be done where EC2 has forgotten it', async () => {
    const cloud = cloudWithParked('i-2')
    cloud.instances.delete('i-2')
    expect((await probe(cloud)).found).toMatchObject({ state: 'done' })
  })

  it('is that it was not done where it runs on for half a minute', async () => {
    const { found, slept } = await probe(cloudWithParked('i-2'))
    expect(found.state).toBe('not-done')
    expect(slept.reduce((sum, ms) => sum + ms, 0)).toBe(30_000)
  })

  it('cannot be told where EC2 cannot be asked', async () => {
    const cloud = cloudWithParked('i-2')
    cloud.failing.set('describeInstances', DOWN)
    expect((await probe(cloud)).found.state).toBe('unknown')
  })
})

describe('reaping', () => {
  const planned = async (cloud: Cloud): Promise<Plan> => ({
    ...okOf(await behaviour.plan({ cluster: CLUSTER }, lookAt(cloud))),
    action: 'proxy.reap',
    with: { cluster: CLUSTER },
    digest: 'd',
  })
  const reap = async (ends: { readonly [id: string]: Result<never> } = {}) => {
    const cloud = cloudWithParked('i-2', 'i-4', 'i-5')
    const asked: string[] = []
    const run: Apply['op'] = async ({ kind, key, target, args }) => {
      asked.push(`${key} ${target}`)
      return ends[target] ?? behaviour.ops[kind]!.effect(args, key, handsOn(cloud))
    }
    const all: Apply['all'] = () => expect.fail('not side by side')
    return { asked, cloud, result: await behaviour.apply(await planned(cloud), { op: run, all }) }
  }

  it('ends all that the plan names, one after the other', async () => {
    const { asked, cloud, result } = await reap()
    expect(asked).toEqual(['terminate i-2', 'terminate i-4', 'terminate i-5'])
    expect(proxyReap.output.parse(okOf(result).output)).toEqual({ reaped: ['i-2', 'i-4', 'i-5'] })
    const left = [...cloud.instances.values()].filter(({ state }) => state === 'running')
    expect(left.map(({ id }) => id)).toEqual(['i-1', 'i-3', 'i-6'])
  })

  it.each(['ec2.not-permitted', 'ec2.rejected', 'plan.stale'] as const)(
    'goes on to the others after %s, which says nothing of them, and tells what stands',
    async code => {
      const { asked, result } = await reap({ 'i-2': fail(code, 'i-2 is protected', 'look') })
      expect(asked).toHaveLength(3)
      const { output, summary, failure } = okOf(result)
      expect(failure?.code).toBe(code)
      expect(output).toEqual({ reaped: ['i-4', 'i-5'] })
      expect(summary).toBe('2 of 3 terminated (i-4, i-5): i-2 is protected')
    },
  )

  it.each(['ec2.auth', 'ec2.unavailable', 'ec2.throttled', 'budget.exhausted', 'op.stopped'] as const)(
    'begins nothing more after %s',
    async code => {
      const { asked, result } = await reap({ 'i-4': fail(code, 'no', 'look') })
      expect(asked).toHaveLength(2)
      const { summary, failure } = okOf(result)
      expect(failure?.code).toBe(code)
      expect(summary).toBe('1 of 3 terminated (i-2): no')
    },
  )
})
