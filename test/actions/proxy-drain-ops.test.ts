import { describe, expect, it } from 'vitest'
import type { Apply, OpBehaviour } from '../../src/actions/contract.js'
import { behaviour as draining } from '../../src/actions/proxy-drain/behaviour.js'
import { proxyDrain } from '../../src/actions/proxy-drain/schema.js'
import { behaviour as enabling } from '../../src/actions/proxy-enable/behaviour.js'
import { proxyEnable } from '../../src/actions/proxy-enable/schema.js'
import type { Json } from '../../src/domain/json.js'
import { fail } from '../../src/domain/result.js'
import { failureOf, okOf } from '../engine/results.js'
import { CLUSTER } from './cloud.js'
import { handsFor, lookFor, newProxies, PAUSED, type Proxies, TIMEOUT } from './frontends.js'

const ARGS = { cluster: CLUSTER, proxy: 'i-3', admin: 'tcp://10.0.0.3:9999', frontend: 'shard1' }
const ALL = ['i-1/shard1', 'i-1/shard2', 'i-2/shard1', 'i-2/shard2']

const opOf = (kind: string): OpBehaviour => draining.ops[kind]!
const effect = (world: Proxies, kind: string) => opOf(kind).effect(ARGS, 'token', handsFor(world))
const probe = (world: Proxies, kind: string) => opOf(kind).probe(ARGS, 'token', handsFor(world))
const undo = (kind: string, result: Json) => {
  const take = opOf(kind).undo
  if (typeof take === 'string') throw new Error(take)
  return take(ARGS, result)
}

const stopped = (...frontends: string[]): Proxies => {
  const world = newProxies()
  for (const frontend of frontends) world.status.set(frontend, PAUSED)
  return world
}

describe.each([
  ['disable', 'enable', () => newProxies(), PAUSED, 'open'],
  ['enable', 'disable', () => stopped('i-3/shard1'), 'OPEN', 'stopped'],
] as const)('%s-frontend', (verb, back, start, status, was) => {
  const kind = `${verb}-frontend`

  it('turns the frontend, and counts once `show stat` shows it', async () => {
    const world = start()
    expect(okOf(await effect(world, kind))).toEqual({ was })
    expect(world.sent).toEqual([`${verb} i-3/shard1`])
    expect(world.status.get('i-3/shard1')).toBe(status)
  })

  it('has failed where nothing came of it', async () => {
    const world = start()
    world.idle.add(`${verb} i-3/shard1`)
    expect(failureOf(await effect(world, kind)).code).toBe('target.rejected')
  })

  it('gives a refusal of HAProxy as it is', async () => {
    const world = start()
    world.failing.set(`${verb} i-3/shard1`, fail('target.rejected', 'Permission denied', 'look'))
    expect(failureOf(await effect(world, kind))).toMatchObject({
      code: 'target.rejected',
      message: 'Permission denied',
    })
  })

  it('is no doubt where nothing was sent', async () => {
    const world = start()
    world.failing.set('stat i-3', TIMEOUT)
    expect(failureOf(await effect(world, kind)).code).toBe('target.refused')
    expect(world.sent).toEqual([])
  })

  it('is in doubt where it was sent and nobody saw what came of it', async () => {
    const world = start()
    const hands = handsFor(world)
    const haproxy = (url: string) => {
      const one = hands.providers.haproxy(url)
      const { stat } = one
      return {
        ...one,
        stat: async () => (world.sent.length > 0 ? fail('target.refused', 'gone', 'look') : stat()),
      }
    }
    const result = await opOf(kind).effect(ARGS, '', { ...hands, providers: { ...hands.providers, haproxy } })
    expect(failureOf(result).code).toBe('target.timeout')
  })

  it('is found done and not done by `show stat`', async () => {
    const world = start()
    expect(await probe(world, kind)).toMatchObject({ state: 'not-done' })
    await effect(world, kind)
    expect(await probe(world, kind)).toMatchObject({ state: 'done', result: { was } })
  })

  it('cannot be told where the proxy does not answer, or has no such frontend', async () => {
    const world = start()
    world.frontends = ['shard2']
    expect(await probe(world, kind)).toMatchObject({ state: 'unknown' })
    world.failing.set('stat i-3', TIMEOUT)
    expect(await probe(world, kind)).toMatchObject({ state: 'unknown' })
  })

  it('is taken back by the other way, also where only the operator knows that it happened', async () => {
    const request = { kind: `${back}-frontend`, key: `${back}-shard1`, target: 'i-3', args: ARGS }
    expect(undo(kind, { was })).toEqual([request])
    expect(undo(kind, null)).toEqual([request])
    for (const { ops } of [draining, enabling]) expect(Object.keys(ops)).toContain(request.kind)
  })

  it('sends nothing where somebody was faster, and leaves that to them', async () => {
    const world = start()
    world.status.set('i-3/shard1', status)
    const result = okOf(await effect(world, kind))
    expect(world.sent).toEqual([])
    expect(undo(kind, result)).toEqual([])
  })

  it('refuses arguments that are not its own', () => {
    expect(() => opOf(kind).effect({ proxy: 'i-3' }, '', handsFor(newProxies()))).toThrow()
  })
})

describe('what an op takes away', () => {
  it('is the proxy while a frontend is disabled, and nothing while one is enabled', () => {
    expect(opOf('disable-frontend').takes?.(ARGS)).toEqual({ cluster: CLUSTER, targets: ['i-3'] })
    expect(opOf('enable-frontend').takes).toBeUndefined()
  })
})

describe.each([
  ['draining', draining, () => newProxies(), PAUSED],
  ['enabling', enabling, () => stopped(...ALL), 'OPEN'],
] as const)('%s two proxies', (_name, behaviour, start, status) => {
  const run = async (world: Proxies) => {
    const draft = okOf(await behaviour.plan({ proxies: ['i-1', 'i-2'] }, lookFor(world)))
    const plan = { ...draft, action: 'proxy.drain', with: {}, digest: 'd' }
    const batches: number[] = []
    const names: string[] = []
    const op: Apply['op'] = ({ kind, key, target, args }) => {
      names.push(`${kind} ${key} ${target}`)
      return behaviour.ops[kind]!.effect(args, key, handsFor(world))
    }
    const all: Apply['all'] = requests => {
      batches.push(requests.length)
      return Promise.all(requests.map(op))
    }
    return { result: await behaviour.apply(plan, { op, all }), batches, names }
  }

  it('turns every frontend, side by side, no two ops under one name', async () => {
    const world = start()
    const { result, batches, names } = await run(world)
    okOf(result)
    expect(batches).toEqual([4])
    expect(new Set(names).size).toBe(4)
    expect(ALL.map(one => world.status.get(one))).toEqual(ALL.map(() => status))
  })

  it('names those that failed when all have ended, with the first reason', async () => {
    const world = start()
    for (const verb of ['disable', 'enable'])
      for (const one of ['i-1/shard2', 'i-2/shard1'])
        world.failing.set(`${verb} ${one}`, fail('target.rejected', `no to ${one}`, 'look'))
    const failed = failureOf((await run(world)).result)
    expect(failed.code).toBe('target.rejected')
    expect(failed.message).toMatch(
      /^2 of 4 frontends are not (stopped|open), of i-1 \(shard2\), i-2 \(shard1\): no to i-1\/shard2$/,
    )
    expect(['i-1/shard1', 'i-2/shard2'].map(one => world.status.get(one))).toEqual([status, status])
  })

  it('gives an output that fits its schema', async () => {
    const { output } = okOf((await run(start())).result)
    const frontends = ['shard1', 'shard2']
    const proxies = [
      { proxy: 'i-1', frontends },
      { proxy: 'i-2', frontends },
    ]
    if (behaviour === draining) expect(proxyDrain.output.parse(output)).toEqual({ drained: proxies })
    else expect(proxyEnable.output.parse(output)).toEqual({ enabled: proxies })
  })
})
