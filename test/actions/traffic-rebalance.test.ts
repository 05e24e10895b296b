import { describe, expect, it } from 'vitest'
import type { OpRequest } from '../../src/actions/contract.js'
import { behaviour } from '../../src/actions/traffic-rebalance/behaviour.js'
import { trafficRebalance } from '../../src/actions/traffic-rebalance/schema.js'
import type { Json } from '../../src/domain/json.js'
import { fail } from '../../src/domain/result.js'
import { failureOf, okOf } from '../engine/results.js'
import { CLUSTER } from './cloud.js'
import { TIMEOUT } from './frontends.js'
import {
  type Apis,
  apiOf,
  applying,
  edit,
  handsFor,
  lookFor,
  newApis,
  restart,
  weightOf,
} from './runtime-apis.js'

const planned = (apis: Apis, weights: Record<string, number>, ...proxies: string[]) =>
  behaviour.plan({ cluster: CLUSTER, weights, ...(proxies.length > 0 ? { proxies } : {}) }, lookFor(apis))

const admin = (n: number) => `tcp://10.0.0.${n}:9999`

describe('the plan to rebalance', () => {
  it('sets each weight that is another one now, on each proxy that is meant', async () => {
    const apis = newApis()
    edit(apis, 'i-3', 'shard1/s1', { weight: 5 })
    const { changes } = okOf(await planned(apis, { 'shard1/s1': 5, 'shard2/s2': 256 }, 'i-2', 'i-3'))
    expect(changes).toEqual([
      {
        verb: 'weigh',
        resource: 'i-2/shard1/s1',
        before: { weight: 10, admin: admin(2) },
        after: { weight: 5 },
      },
      {
        verb: 'weigh',
        resource: 'i-2/shard2/s2',
        before: { weight: 10, admin: admin(2) },
        after: { weight: 256 },
      },
      {
        verb: 'weigh',
        resource: 'i-3/shard2/s2',
        before: { weight: 10, admin: admin(3) },
        after: { weight: 256 },
      },
    ])
  })

  it('is for all proxies of the cluster unless some are named', async () => {
    const draft = okOf(await planned(newApis(), { 'shard1/s1': 5 }))
    expect(draft.changes.map(({ resource }) => resource)).toEqual(
      [1, 2, 3, 4, 5, 6].map(n => `i-${n}/shard1/s1`),
    )
    expect(draft.confirm).toBe(`${CLUSTER} 6`)
    expect(okOf(await planned(newApis(), { 'shard1/s1': 5 }, 'i-4')).confirm).toBe('i-4')
  })

  it('asks an operator, takes no proxy away, and locks the cluster', async () => {
    const draft = okOf(await planned(newApis(), { 'shard1/s1': 5 }))
    expect(draft).toMatchObject({
      atLeast: { level: 'operator' },
      locks: [`cluster:${CLUSTER}`],
      blast: { cluster: CLUSTER, serving: 6, takes: 0, adds: 0, irreversible: false },
    })
  })

  it('gives the same as lines for a socket, and an output that fits its schema', async () => {
    const { commands, predicted } = okOf(await planned(newApis(), { 'shard1/s1': 5 }, 'i-2'))
    expect(commands).toEqual(['echo "set weight shard1/s1 5" | socat stdio tcp:10.0.0.2:9999'])
    expect(trafficRebalance.output.parse(predicted)).toEqual({
      rebalanced: [{ proxy: 'i-2', server: 'shard1/s1', was: 10, weight: 5 }],
    })
  })

  it('names the proxies that are left out, and servers whose weight changes nothing', async () => {
    const apis = newApis()
    edit(apis, 'i-1', 'shard1/s2', { up: false })
    apiOf(apis, 'i-2').servers = apiOf(apis, 'i-2').servers.filter(({ server }) => server === 's1')
    edit(apis, 'i-2', 'shard1/s1', { weight: 3 })
    const one = okOf(await planned(apis, { 'shard1/s2': 5 }, 'i-1', 'i-3')).warnings.join('\n')
    expect(one).toContain('i-2, i-4, i-5, i-6: not named')
    expect(one).toContain('shard1/s2 of i-1 is down or out of service')
    const { warnings } = okOf(await planned(apis, { 'shard1/s1': 5 }, 'i-2'))
    expect(warnings.join('\n')).toContain('shard1/s1 of i-2 is alone in its backend')
  })

  it('is refused where a backend would have no server left that gets new connections', async () => {
    const both = { 'shard1/s1': 0, 'shard1/s2': 0 }
    const failed = failureOf(await planned(newApis(), both, 'i-2'))
    expect(failed.code).toBe('plan.impossible')
    expect(failed.message).toContain('shard1 of i-2')
    const apis = newApis()
    edit(apis, 'i-5', 'shard1/s2', { up: false })
    const one = failureOf(await planned(apis, { 'shard1/s1': 0 }))
    expect(one.message).toContain('shard1 of i-5 without any server')
    expect(one.message).not.toContain('i-4')
  })

  it('is not refused for a backend that had none before, nor where one takes the place of another', async () => {
    const apis = newApis()
    edit(apis, 'i-1', 'shard1/s1', { up: false })
    edit(apis, 'i-1', 'shard1/s2', { up: false })
    okOf(await planned(apis, { 'shard1/s1': 0 }, 'i-1'))
    edit(apis, 'i-2', 'shard1/s2', { weight: 0 })
    okOf(await planned(apis, { 'shard1/s1': 0, 'shard1/s2': 10 }, 'i-2'))
  })

  it('is impossible while a proxy does not answer, unless the others are named', async () => {
    const apis = newApis()
    apis.failing.set('i-3', TIMEOUT)
    const failed = failureOf(await planned(apis, { 'shard1/s1': 5 }))
    expect(failed.code).toBe('plan.impossible')
    expect(failed.message).toBe('1 of 6 proxies cannot be asked: i-3 (no answer in 3s)')
    expect(failed.next).toContain('`proxies`')
    okOf(await planned(apis, { 'shard1/s1': 5 }, 'i-1', 'i-2'))
  })

  it.each([
    [{ 'shard9/s1': 1 }, ['i-2'], 'i-2 has no server shard9/s1'],
    [{ 'shard1/s1': 1 }, ['i-2', 'i-99'], 'i-99: not in service'],
  ] as const)('is impossible for %j on %j', async (weights, proxies, words) => {
    const failed = failureOf(await planned(newApis(), weights, ...proxies))
    expect(failed.code).toBe('plan.impossible')
    expect(failed.message).toContain(words)
  })

  it('is missing where all weigh that already, or where there is no such cluster', async () => {
    expect(failureOf(await planned(newApis(), { 'shard1/s1': 10 })).code).toBe('plan.nothing-to-do')
    const other = behaviour.plan({ cluster: 'nope', weights: { 'shard1/s1': 1 } }, lookFor(newApis()))
    expect(failureOf(await other).code).toBe('fleet.unknown-cluster')
  })

  it('needs no EC2', async () => {
    const apis = newApis()
    apis.cloud.inventory = { source: 'saved', because: 'EC2 does not answer' }
    const { warnings } = okOf(await planned(apis, { 'shard1/s1': 5 }))
    expect(warnings).toContain('the inventory is a saved one: EC2 does not answer')
    expect(trafficRebalance.needs).toEqual([])
  })
})

describe('the input of traffic.rebalance', () => {
  it.each([
    [{ s1: 1 }],
    [{ 'shard1/s1;disable frontend x': 1 }],
    [{ 'shard1/s1': 257 }],
    [{ 'shard1/s1': -1 }],
    [{ 'shard1/s1': 1.5 }],
    [{}],
  ])('does not take %j', weights => {
    expect(trafficRebalance.input.safeParse({ cluster: CLUSTER, weights }).success).toBe(false)
  })
})

const ARGS = { proxy: 'i-3', admin: admin(3), backend: 'shard1', server: 's1', from: 10, to: 0 }
const op = behaviour.ops['set-weight']!
const effect = (apis: Apis, args = ARGS) => op.effect(args, 'token', handsFor(apis))
const probe = (apis: Apis) => op.probe(ARGS, 'token', handsFor(apis))
const undo = (result: Json): readonly OpRequest[] => {
  if (typeof op.undo === 'string') throw new Error(op.undo)
  const requests = op.undo(ARGS, result)
  if (typeof requests === 'string') throw new Error(requests)
  return requests
}

describe('set-weight', () => {
  it('counts once the weight is seen', async () => {
    const apis = newApis()
    expect(okOf(await effect(apis))).toMatchObject({ was: 10 })
    expect(apis.sent).toEqual(['i-3 weigh shard1/s1 0'])
    const idle = newApis()
    idle.idle.add('i-3 weigh shard1/s1 0')
    expect(failureOf(await effect(idle)).code).toBe('target.rejected')
  })

  it('sends nothing where it weighs that already, and what somebody else did is not taken back', async () => {
    const apis = newApis()
    edit(apis, 'i-3', 'shard1/s1', { weight: 0 })
    const result = okOf(await effect(apis))
    expect(apis.sent).toEqual([])
    expect(undo(result)).toEqual([])
  })

  it('sends nothing over a weight that was not shown', async () => {
    const apis = newApis()
    edit(apis, 'i-3', 'shard1/s1', { weight: 7 })
    const failed = failureOf(await effect(apis))
    expect(failed.message).toContain('weighs 7 there, not 10')
    expect(apis.sent).toEqual([])
  })

  it('sends no 0 where the other server has gone since the plan', async () => {
    const apis = newApis()
    edit(apis, 'i-3', 'shard1/s2', { up: false })
    expect(failureOf(await effect(apis)).message).toContain('no server of shard1 would get new connections')
    expect(apis.sent).toEqual([])
  })

  it('is no doubt where nothing was sent, and in doubt where nobody saw what came of it', async () => {
    const silent = newApis()
    silent.failing.set('i-3', TIMEOUT)
    expect(failureOf(await effect(silent)).code).toBe('target.refused')
    const apis = newApis()
    const refused = fail('target.refused', 'gone', 'look')
    apis.after.set('i-3 weigh shard1/s1 0', () => apis.failing.set('i-3', refused))
    expect(failureOf(await effect(apis)).code).toBe('target.timeout')
  })

  it('is found done, not done, or neither, by its weight', async () => {
    const apis = newApis()
    expect(await probe(apis)).toMatchObject({ state: 'not-done' })
    await effect(apis)
    expect(await probe(apis)).toMatchObject({ state: 'done', result: { was: 10 } })
    edit(apis, 'i-3', 'shard1/s1', { weight: 7 })
    expect(await probe(apis)).toMatchObject({ state: 'unknown', evidence: expect.stringContaining('7') })
    apis.failing.set('i-3', TIMEOUT)
    expect(await probe(apis)).toMatchObject({ state: 'unknown' })
  })

  it('is taken back to the weight before, and not over one that somebody set meanwhile', async () => {
    const apis = newApis()
    const [request] = undo(okOf(await effect(apis)))
    expect(request).toMatchObject({ kind: 'set-weight', args: { ...ARGS, from: 0, to: 10 } })
    edit(apis, 'i-3', 'shard1/s1', { weight: 7 })
    expect(failureOf(await effect(apis, request?.args as typeof ARGS)).code).toBe('target.rejected')
    edit(apis, 'i-3', 'shard1/s1', { weight: 0 })
    okOf(await effect(apis, request?.args as typeof ARGS))
    expect(weightOf(apis, 'i-3', 'shard1/s1')).toBe(10)
    expect(undo(null)).toEqual([request])
  })

  it('has nothing to take back where a restart did it', async () => {
    const apis = newApis()
    const [request] = undo(okOf(await effect(apis)))
    restart(apis, 'i-3')
    okOf(await effect(apis, request?.args as typeof ARGS))
    expect(apis.sent).toHaveLength(1)
  })
})

describe('rebalancing', () => {
  const swap = { 'shard1/s1': 0, 'shard1/s2': 10 }
  const standing = (): Apis => {
    const apis = newApis()
    for (const id of ['i-1', 'i-2']) edit(apis, id, 'shard1/s2', { weight: 0 })
    return apis
  }
  const run = async (apis: Apis) =>
    applying(behaviour, okOf(await planned(apis, swap, 'i-1', 'i-2')), handsFor(apis))

  it('gives more to servers before it takes from others, so that no backend is without one', async () => {
    const apis = standing()
    const { result, batches } = await run(apis)
    expect(trafficRebalance.output.parse(okOf(result).output).rebalanced).toHaveLength(4)
    expect(batches).toEqual([2, 2])
    expect(apis.sent).toEqual([
      'i-1 weigh shard1/s2 10',
      'i-2 weigh shard1/s2 10',
      'i-1 weigh shard1/s1 0',
      'i-2 weigh shard1/s1 0',
    ])
  })

  it('takes nothing from any server where one did not get more, and names it', async () => {
    const apis = standing()
    apis.failing.set('i-2 weigh shard1/s2 10', fail('target.rejected', 'Permission denied', 'look'))
    const failed = failureOf((await run(apis)).result)
    expect(failed.message).toBe('1 of 2 weights are not set (shard1/s2 of i-2): Permission denied')
    expect(weightOf(apis, 'i-1', 'shard1/s1')).toBe(10)
  })
})
