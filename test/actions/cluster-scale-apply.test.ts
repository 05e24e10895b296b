import { describe, expect, it } from 'vitest'
import { behaviour } from '../../src/actions/cluster-scale/behaviour.js'
import { clusterScale } from '../../src/actions/cluster-scale/schema.js'
import type { Apply, OpRequest } from '../../src/actions/contract.js'
import type { Json, JsonObject } from '../../src/domain/json.js'
import type { Plan } from '../../src/domain/plan.js'
import { fail, ok, type Result } from '../../src/domain/result.js'
import { okOf } from '../engine/results.js'
import { CLUSTER, type Cloud, handsOn, lookAt, newCloud } from './cloud.js'

const planned = async (cloud: Cloud, more: JsonObject): Promise<Plan> => ({
  ...okOf(await behaviour.plan(clusterScale.input.parse({ cluster: CLUSTER, ...more }), lookAt(cloud))),
  action: 'cluster.scale',
  with: { cluster: CLUSTER, ...more },
  digest: 'd'.repeat(64),
})

/** Results of ops by key and target, by key, or by kind. */
type Ends = { readonly [name: string]: Result<Json> }

/** What is asked for side by side is one list: nothing of the next is asked before all of it has ended. */
const applied = async (more: JsonObject, ends: Ends = {}, cloud = newCloud()) => {
  const rounds: string[][] = []
  const asked: OpRequest[] = []
  let launched = 0
  const good = (kind: string): Json => {
    if (kind === 'launch') launched += 1
    const results: { readonly [kind: string]: Json } = {
      launch: { instance: `i-new${launched}` },
      'await-running': { private_ip: '10.0.0.100' },
      'await-drained': { sessions: 0 },
    }
    return results[kind] ?? null
  }
  const run = async (request: OpRequest): Promise<Result<Json>> => {
    asked.push(request)
    const { key, kind, target } = request
    return ends[`${key} ${target}`] ?? ends[key] ?? ends[kind] ?? ok(good(kind))
  }
  const all: Apply['all'] = requests => {
    if (requests.length > 0) rounds.push(requests.map(({ key, target }) => `${key} ${target}`))
    return Promise.all(requests.map(run))
  }
  const op: Apply['op'] = async request => (await all([request]))[0] ?? expect.fail('no result')
  const { output, summary, failure } = okOf(await behaviour.apply(await planned(cloud, more), { op, all }))
  const names = asked.map(({ key, target }) => `${key} ${target}`)
  expect(new Set(names).size).toBe(names.length)
  for (const { kind } of asked) expect(Object.keys(behaviour.ops)).toContain(kind)
  return { asked, rounds, summary, failure, output: clusterScale.output.parse(output) }
}

const launch = (n: number, subnet: string, type = 'c7i.large') =>
  `launch-new-proxy-${n}-subnet-${subnet}-${type} ${CLUSTER}`
const FULL = fail('ec2.capacity', 'there is no capacity', 'try another place')
const QUOTA = fail('ec2.quota', 'the quota is used up', 'use another family')
const LATE = fail('wait.timeout', 'waited too long', 'look')

describe('having more proxies', () => {
  it('launches side by side, and goes on step by step when all have ended', async () => {
    const { rounds, output, failure } = await applied({ by: 2 })
    expect(rounds).toEqual([
      [launch(1, 'a1'), launch(2, 'b1')],
      ['await-running i-new1', 'await-running i-new2'],
      ['await-serving i-new1', 'await-serving i-new2'],
      ['enter-service i-new1', 'enter-service i-new2'],
    ])
    expect(output).toEqual({ launched: ['i-new1', 'i-new2'], parked: [] })
    expect(failure).toBeUndefined()
  })

  it('has all that an op needs in its arguments', async () => {
    const { asked } = await applied({ by: 1 })
    const where = { instance: 'i-new1', cluster: CLUSTER }
    expect(asked.map(({ args }) => args)).toEqual([
      {
        cluster: CLUSTER,
        launch_template: 'lt-proxy',
        subnet: 'subnet-a1',
        instance_type: 'c7i.large',
        tags: { role: 'proxy', cluster: CLUSTER },
      },
      where,
      { ...where, private_ip: '10.0.0.100' },
      where,
    ])
  })

  it('tries the next place in another round where one has no capacity', async () => {
    const { rounds, output } = await applied({ by: 2 }, { [launch(1, 'a1')]: FULL })
    expect(rounds.slice(0, 3)).toEqual([
      [launch(1, 'a1'), launch(2, 'b1')],
      [launch(1, 'b1')],
      ['await-running i-new1', 'await-running i-new2'],
    ])
    expect(output.launched).toEqual(['i-new1', 'i-new2'])
  })

  it('tries a family whose quota is used up nowhere else', async () => {
    const { rounds } = await applied({ by: 1 }, { [launch(1, 'a1')]: QUOTA })
    expect(rounds.slice(0, 2)).toEqual([[launch(1, 'a1')], [launch(1, 'a1', 'c7a.large')]])
  })

  it('gives up where no place is left, and has changed nothing', async () => {
    const { rounds, output, failure, summary } = await applied({ by: 1 }, { launch: FULL })
    expect(rounds).toEqual([
      [launch(1, 'a1')],
      [launch(1, 'b1')],
      [launch(1, 'a1', 'c7a.large')],
      [launch(1, 'b1', 'c7a.large')],
    ])
    expect(output).toEqual({ launched: [], parked: [] })
    expect(failure?.code).toBe('ec2.capacity')
    expect(summary).toBe('0 of 1 launched and serving; there is no capacity')
  })

  it.each(['ec2.auth', 'ec2.rejected', 'ec2.ambiguous', 'ec2.not-permitted', 'op.stopped'] as const)(
    'launches nothing more after %s, and brings into service what was launched beside it',
    async code => {
      const ends = { [launch(1, 'a1')]: FULL, [launch(2, 'b1')]: fail(code, 'no', 'look') }
      const { rounds, output, summary } = await applied({ by: 3 }, ends)
      expect(rounds.flat().filter(name => name.startsWith('launch'))).toHaveLength(3)
      expect(output.launched).toEqual(['i-new1'])
      expect(summary).toBe('1 of 3 launched and serving; there is no capacity; no')
    },
  )

  it.each(['await-running', 'await-serving', 'enter-service'])(
    'parks the one whose %s fails, and keeps the other',
    async key => {
      const { asked, output, failure, summary } = await applied({ by: 2 }, { [`${key} i-new1`]: LATE })
      expect(asked.at(-1)).toEqual({
        kind: 'park',
        key: 'park-new',
        target: 'i-new1',
        args: { instance: 'i-new1', abandoned: true },
        tidies: true,
      })
      expect(asked.filter(({ kind }) => kind === 'park')).toHaveLength(1)
      expect(output).toEqual({ launched: ['i-new2'], parked: [] })
      expect(failure?.code).toBe('wait.timeout')
      expect(summary).toBe('1 of 2 launched and serving; waited too long; i-new1, launched in vain, is parked')
    },
  )

  it('names what runs on where that cannot be parked', async () => {
    const { summary } = await applied({ by: 1 }, { 'await-serving': LATE, 'park-new': QUOTA })
    expect(summary).toContain('i-new1, launched in vain, runs and could not be parked')
  })

  it('says so where only the operator knows that something was launched: nobody knows what', async () => {
    const { failure, rounds } = await applied({ by: 1 }, { launch: ok(null) })
    expect(failure?.code).toBe('op.in-doubt')
    expect(rounds).toHaveLength(1)
  })
})

describe('having fewer proxies', () => {
  const grown = (): Cloud => {
    const cloud = newCloud()
    for (const id of ['i-5', 'i-6']) {
      const instance = cloud.instances.get(id)!
      cloud.instances.set(id, { ...instance, tags: { ...instance.tags, 'firebreak:op': id } })
    }
    return cloud
  }
  const away = (id: string) => [`disable-shard1 ${id}`, `await-drained-1 ${id}`, `park ${id}`]

  it('drains and parks one after the other', async () => {
    const { rounds, output, failure } = await applied({ by: -2 }, {}, grown())
    expect(rounds).toEqual([...away('i-5'), ...away('i-6')].map(name => [name]))
    expect(output).toEqual({ launched: [], parked: ['i-5', 'i-6'] })
    expect(failure).toBeUndefined()
  })

  it('shuts who is still there when the time is over, and parks then', async () => {
    const { rounds } = await applied(
      { by: -1, deadline: '10s' },
      { 'await-drained': ok({ sessions: 3 }) },
      grown(),
    )
    expect(rounds.flat().slice(-2)).toEqual(['shut-sessions i-5', 'park i-5'])
  })

  it.each(['guardrail.refused', 'target.refused', 'budget.exhausted'] as const)(
    'stops at the first that fails with %s: what is done stays, and no other is begun',
    async code => {
      const ends = { 'disable-shard1 i-6': fail(code, 'no', 'look') }
      const { rounds, output, failure, summary } = await applied({ by: -2 }, ends, grown())
      expect(rounds.flat()).toEqual([...away('i-5'), 'disable-shard1 i-6'])
      expect(output).toEqual({ launched: [], parked: ['i-5'] })
      expect(failure?.code).toBe(code)
      expect(summary).toBe('1 of 2 taken away (i-5): no; nothing more was begun')
    },
  )

  it('says how it stands where it is drained and cannot be parked', async () => {
    const { summary } = await applied({ by: -1 }, { park: fail('ec2.throttled', 'too fast', 'wait') }, grown())
    expect(summary).toBe(
      '0 of 1 taken away: too fast; i-5 accepts no more, and is not parked; nothing more was begun',
    )
  })

  it('takes a proxy away from the floor`s view in every op that does so', () => {
    const taking = Object.entries(behaviour.ops).filter(([, { takes }]) => takes)
    expect(taking.map(([kind]) => kind).sort()).toEqual(
      expect.arrayContaining(['disable-frontend', 'leave-service', 'park']),
    )
  })
})

describe('more proxies are taken back', () => {
  it('by hiding and parking each: nothing is terminated', async () => {
    const cloud = newCloud()
    const launchArgs = {
      cluster: CLUSTER,
      launch_template: 'lt-proxy',
      tags: {},
      subnet: 's',
      instance_type: 't.x',
    }
    okOf(await behaviour.ops.launch!.effect(launchArgs, 'token', handsOn(cloud)))
    const where = { instance: 'i-new1', cluster: CLUSTER }
    okOf(await behaviour.ops['enter-service']!.effect(where, 'token', handsOn(cloud)))
    const undo = (kind: string, args: JsonObject, result: Json) => {
      const take = behaviour.ops[kind]?.undo
      return typeof take === 'function' ? take(args, result) : expect.fail(`${kind} cannot be undone`)
    }
    const back = [undo('enter-service', where, null), undo('launch', launchArgs, { instance: 'i-new1' })].flat()
    for (const one of back) {
      if (typeof one === 'string') expect.fail(one)
      okOf(await behaviour.ops[one.kind]!.effect(one.args, 'token', handsOn(cloud)))
    }
    expect(cloud.instances.get('i-new1')?.tags['firebreak:state']).toBe('parked')
    expect(cloud.sent.filter(one => one.startsWith('terminate'))).toEqual([])
  })
})
