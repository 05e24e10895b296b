import { describe, expect, it } from 'vitest'
import type { OpRequest } from '../../src/actions/contract.js'
import { behaviour } from '../../src/actions/load-shed/behaviour.js'
import { loadShed } from '../../src/actions/load-shed/schema.js'
import type { Json, JsonObject } from '../../src/domain/json.js'
import { fail } from '../../src/domain/result.js'
import { failureOf, okOf } from '../engine/results.js'
import { CLUSTER } from './cloud.js'
import { TIMEOUT } from './frontends.js'
import { type Apis, apiOf, applying, handsFor, inform, lookFor, newApis, restart } from './runtime-apis.js'

const inputOf = (written: object) => loadShed.input.parse({ cluster: CLUSTER, ...written })
const planned = (apis: Apis, written: object) => behaviour.plan(inputOf(written), lookFor(apis))
const limitOf = (apis: Apis, id: string) => apiOf(apis, id).info.connectionRateLimit
const two = ['i-1', 'i-2']
const RAISED = { proxies: two, limit: 20, raise: { to: [40, 80], every: '20s', lift: true } }

describe('the plan to shed load', () => {
  it('caps each proxy, then raises all of them step by step, and lifts the cap at last', async () => {
    const apis = newApis()
    inform(apis, 'i-2', { connectionRateLimit: 500 })
    const { changes } = okOf(await planned(apis, RAISED))
    expect(changes.map(({ verb, resource, before, after }) => [verb, resource, before?.limit, after])).toEqual([
      ['cap', 'i-1', 'none', { limit: '20/s', step: 1 }],
      ['cap', 'i-2', '500/s', { limit: '20/s', step: 1 }],
      ['raise', 'i-1', '20/s', { limit: '40/s', step: 2, after: '20s' }],
      ['raise', 'i-2', '20/s', { limit: '40/s', step: 2, after: '20s' }],
      ['raise', 'i-1', '40/s', { limit: '80/s', step: 3, after: '20s' }],
      ['raise', 'i-2', '40/s', { limit: '80/s', step: 3, after: '20s' }],
      ['lift', 'i-1', '80/s', { limit: 'none', step: 4, after: '20s' }],
      ['raise', 'i-2', '80/s', { limit: '500/s', step: 4, after: '20s' }],
    ])
  })

  it('shows the rate of each proxy, and what part of all the cap would keep waiting', async () => {
    const apis = newApis()
    inform(apis, 'i-1', { connectionRate: 300 })
    inform(apis, 'i-2', { connectionRate: 20 })
    const { facts } = okOf(await planned(apis, { proxies: two, limit: 50 }))
    expect(facts.map(({ label, value, worse }) => [label, value, worse])).toEqual([
      ['new connections of i-1', 300, 'neither'],
      ['new connections of i-2', 20, 'neither'],
      ['new connections that the cap would keep waiting at this rate', 78, 'higher'], // 250 of 320
    ])
    for (const id of two) inform(apis, id, { connectionRate: 0 })
    expect(okOf(await planned(apis, { proxies: two, limit: 50 })).facts.at(-1)?.value).toBe(0)
  })

  it('asks an operator, takes no proxy away, and locks the cluster', async () => {
    expect(okOf(await planned(newApis(), { limit: 50 }))).toMatchObject({
      atLeast: { level: 'operator' },
      locks: [`cluster:${CLUSTER}`],
      confirm: `${CLUSTER} 6`,
      blast: { cluster: CLUSTER, serving: 6, takes: 0, irreversible: false },
    })
  })

  it('says what would be done by hand, and what is to be waited for between', async () => {
    const { commands } = okOf(await planned(newApis(), { ...RAISED, proxies: ['i-1'] }))
    const set = (limit: number) =>
      `echo "set rate-limit connections global ${limit}" | socat stdio tcp:10.0.0.1:9999`
    expect(commands).toEqual([
      set(20),
      '# after 20s:',
      set(40),
      '# after 20s:',
      set(80),
      '# after 20s:',
      set(0),
    ])
  })

  it('predicts an output that fits its schema', async () => {
    const { predicted } = okOf(await planned(newApis(), { proxies: two, limit: 20 }))
    expect(loadShed.output.parse(predicted)).toEqual({
      limited: [
        { proxy: 'i-1', was: 0, limit: 20 },
        { proxy: 'i-2', was: 0, limit: 20 },
      ],
    })
  })

  it('warns of a limit that stays, of one that is lower already, and of who is left out', async () => {
    const apis = newApis()
    inform(apis, 'i-2', { connectionRateLimit: 30 })
    const words = okOf(await planned(apis, { proxies: two, limit: 50 })).warnings.join('\n')
    expect(words).toContain('the limit of 50/s stays until it is undone')
    expect(words).toContain('i-2 is limited to 30/s now: this goes above that')
    expect(words).not.toContain('i-1 is limited')
    expect(words).toContain('i-3, i-4, i-5, i-6: not named')
    expect(words).toContain('restart')
    expect(okOf(await planned(newApis(), RAISED)).warnings.join('\n')).not.toContain('until it is undone')
  })

  it('is impossible while a proxy does not answer, unless the others are named', async () => {
    const apis = newApis()
    apis.failing.set('i-3', TIMEOUT)
    const failed = failureOf(await planned(apis, { limit: 50 }))
    expect(failed).toMatchObject({ code: 'plan.impossible', message: expect.stringContaining('i-3') })
    okOf(await planned(apis, { proxies: two, limit: 50 }))
  })

  it('is missing where every proxy has that limit already', async () => {
    const apis = newApis()
    for (const id of two) inform(apis, id, { connectionRateLimit: 50 })
    expect(failureOf(await planned(apis, { proxies: two, limit: 50 })).code).toBe('plan.nothing-to-do')
  })
})

describe('the input of load.shed', () => {
  it.each([
    [{ limit: 0 }, 'no limit at all'],
    [{ limit: -1 }, 'at least 1'],
    [{ limit: 2 ** 31 }, '2147483647'],
    [{ limit: 50, raise: { to: [50], every: '1m' } }, 'above `limit`'],
    [{ limit: 50, raise: { to: [100, 90], every: '1m' } }, 'must rise'],
    [{ limit: 50, raise: { every: '1m' } }, 'must raise'],
    [{ limit: 50, raise: { to: [100], every: '1s' } }, 'from 5s to 1h'],
    [{ limit: 50, raise: { to: [100, 0], every: '1m' } }, 'no limit at all'],
  ])('does not take %j', (written, words) => {
    const parsed = loadShed.input.safeParse({ cluster: CLUSTER, ...written })
    expect(parsed.error?.issues.map(({ message }) => message).join()).toContain(words)
  })

  it('takes a limit that is only lifted after a while', () => {
    expect(inputOf({ limit: 50, raise: { every: '5m', lift: true } }).raise).toEqual({
      to: [],
      every: 300_000,
      lift: true,
    })
  })
})

describe('shedding load', () => {
  const run = async (apis: Apis, written: object = RAISED, hands = handsFor(apis)) => ({
    ...(await applying(behaviour, okOf(await planned(apis, written)), hands)),
    slept: hands.clock.slept,
  })

  it('holds each limit for its time before the next, all proxies side by side', async () => {
    const apis = newApis()
    inform(apis, 'i-2', { connectionRateLimit: 500 })
    const { result, batches, slept } = await run(apis)
    expect(apis.sent).toEqual(
      [20, 40, 80]
        .flatMap(limit => two.map(id => `${id} limit ${limit}`))
        .concat('i-1 limit 0', 'i-2 limit 500'),
    )
    expect(batches).toEqual([2, 2, 2, 2])
    expect(slept.reduce((sum, ms) => sum + ms)).toBe(3 * 20_000)
    expect(Math.max(...slept)).toBeLessThanOrEqual(15_000) // a stop does not wait longer
    expect(loadShed.output.parse(okOf(result).output)).toEqual({
      limited: [
        { proxy: 'i-1', was: 0, limit: 0 },
        { proxy: 'i-2', was: 500, limit: 500 },
      ],
    })
  })

  it('goes on from a limit that some proxies have already', async () => {
    const apis = newApis()
    inform(apis, 'i-2', { connectionRateLimit: 20 })
    okOf((await run(apis, { ...RAISED, raise: { to: [40], every: '20s' } })).result)
    expect(apis.sent).toEqual(['i-1 limit 20', 'i-1 limit 40', 'i-2 limit 40'])
  })

  it.each([
    ['was restarted', (apis: Apis) => restart(apis, 'i-2'), 'has forgotten the limit'],
    ['has another limit', (apis: Apis) => inform(apis, 'i-2', { connectionRateLimit: 7 }), 'is 7/s, not 20/s'],
    ['is not seen', (apis: Apis) => void apis.failing.set('i-2', TIMEOUT), 'is not seen'],
  ])('raises nothing more where a proxy %s meanwhile, and says what stands', async (_what, happens, words) => {
    const apis = newApis()
    const hands = handsFor(apis)
    const clock = {
      ...hands.clock,
      sleep: async (ms: number) => {
        happens(apis)
        return hands.clock.sleep(ms)
      },
    }
    const failed = failureOf((await run(apis, RAISED, { ...hands, clock })).result)
    expect(failed.code).toBe('target.rejected')
    expect(failed.message).toContain('stopped at step 2 of 4 (last seen: i-1 20/s, i-2 20/s): i-2')
    expect(failed.message).toContain(words)
    expect(apis.sent).toEqual(['i-1 limit 20', 'i-2 limit 20'])
  })

  it('raises nothing where a proxy refuses the cap, and names it', async () => {
    const apis = newApis()
    apis.failing.set('i-2 limit 20', fail('target.rejected', 'Permission denied', 'look'))
    const failed = failureOf((await run(apis)).result)
    expect(failed.message).toBe('stopped at step 1 of 4 (last seen: i-1 20/s): i-2: Permission denied')
    expect(apis.sent).toEqual(['i-1 limit 20', 'i-2 limit 20'])
  })

  it('is no doubt where a raise fails of a restart between two looks', async () => {
    const apis = newApis()
    apis.after.set('i-1 limit 40', () => restart(apis, 'i-1'))
    expect(failureOf((await run(apis)).result)).toMatchObject({
      code: 'target.rejected',
      message: expect.stringContaining('shows no effect'),
    })
  })
})

const ADMIN = 'tcp://10.0.0.3:9999'
const PROCESS = { pid: 103, started_at: 1_800_000_000 }
const CAP = { proxy: 'i-3', admin: ADMIN, from: 0, to: 20, prior: 0, ours: [20, 40], process: null }
const RAISE = { ...CAP, from: 20, to: 40, process: PROCESS }
const effect = (apis: Apis, kind: string, args: JsonObject) =>
  behaviour.ops[kind]!.effect(args, 'token', handsFor(apis))
const probe = (apis: Apis, kind: string, args: JsonObject) =>
  behaviour.ops[kind]!.probe(args, 'token', handsFor(apis))
const undo = (args: JsonObject, result: Json): readonly OpRequest[] => {
  const take = behaviour.ops['limit-rate']!.undo
  const requests = typeof take === 'string' ? take : take(args, result)
  if (typeof requests === 'string') throw new Error(requests)
  return requests
}

describe('limit-rate', () => {
  it('counts once the limit is seen, and remembers in which process', async () => {
    const apis = newApis()
    expect(okOf(await effect(apis, 'limit-rate', CAP))).toMatchObject({ was: 0, process: PROCESS })
    const idle = newApis()
    idle.idle.add('i-3 limit 20')
    expect(failureOf(await effect(idle, 'limit-rate', CAP)).code).toBe('target.rejected')
  })

  it('sends nothing over a limit that was not shown, or to another process', async () => {
    const apis = newApis()
    inform(apis, 'i-3', { connectionRateLimit: 7 })
    expect(failureOf(await effect(apis, 'limit-rate', CAP)).message).toContain('is 7/s, not none')
    inform(apis, 'i-3', { connectionRateLimit: 20, pid: 9 })
    expect(failureOf(await effect(apis, 'limit-rate', RAISE)).message).toContain('restarted')
    expect(apis.sent).toEqual([])
  })

  it('is no doubt where nothing was sent, and in doubt where nobody saw what came of it', async () => {
    const silent = newApis()
    silent.failing.set('i-3', TIMEOUT)
    expect(failureOf(await effect(silent, 'limit-rate', CAP)).code).toBe('target.refused')
    const apis = newApis()
    apis.after.set('i-3 limit 20', () => apis.failing.set('i-3', fail('target.refused', 'gone', 'look')))
    expect(failureOf(await effect(apis, 'limit-rate', CAP)).code).toBe('target.timeout')
  })

  it('is found done, not done, forgotten, or neither', async () => {
    const apis = newApis()
    expect(await probe(apis, 'limit-rate', CAP)).toMatchObject({ state: 'not-done' })
    inform(apis, 'i-3', { connectionRateLimit: 20 })
    expect(await probe(apis, 'limit-rate', CAP)).toMatchObject({
      state: 'done',
      result: { was: 0, process: PROCESS },
    })
    inform(apis, 'i-3', { connectionRateLimit: 7 })
    expect(await probe(apis, 'limit-rate', RAISE)).toMatchObject({ state: 'unknown' })
    restart(apis, 'i-3')
    expect(await probe(apis, 'limit-rate', RAISE)).toMatchObject({
      state: 'not-done',
      evidence: expect.stringContaining('has forgotten the limit'),
    })
    apis.failing.set('i-3', TIMEOUT)
    expect(await probe(apis, 'limit-rate', CAP)).toMatchObject({ state: 'unknown' })
  })
})

describe('what limit-rate has set', () => {
  const restored = (result: Json) => {
    const [request, ...more] = undo(CAP, result)
    expect(more).toEqual([])
    return request as OpRequest
  }

  it('is taken back by the first step of a proxy alone, in one go', async () => {
    const apis = newApis()
    const request = restored(okOf(await effect(apis, 'limit-rate', CAP)))
    expect(undo(RAISE, okOf(await effect(apis, 'limit-rate', RAISE)))).toEqual([])
    okOf(await effect(apis, request.kind, request.args))
    expect(apis.sent).toEqual(['i-3 limit 20', 'i-3 limit 40', 'i-3 limit 0'])
    expect(limitOf(apis, 'i-3')).toBe(0)
    expect(await probe(apis, request.kind, request.args)).toMatchObject({ state: 'done' })
  })

  it('is taken back also where only the operator knows that it was set', async () => {
    const apis = newApis()
    inform(apis, 'i-3', { connectionRateLimit: 20 })
    const request = restored(null)
    expect(await probe(apis, request.kind, request.args)).toMatchObject({ state: 'not-done' })
    okOf(await effect(apis, request.kind, request.args))
    expect(limitOf(apis, 'i-3')).toBe(0)
  })

  it('stays where somebody has set another limit since', async () => {
    const apis = newApis()
    const request = restored(okOf(await effect(apis, 'limit-rate', CAP)))
    inform(apis, 'i-3', { connectionRateLimit: 7 })
    expect(failureOf(await effect(apis, request.kind, request.args)).message).toContain('somebody else')
    expect(limitOf(apis, 'i-3')).toBe(7)
  })

  it('is gone with the process: nothing is sent to the next one, whatever its limit', async () => {
    const apis = newApis()
    const request = restored(okOf(await effect(apis, 'limit-rate', CAP)))
    restart(apis, 'i-3')
    okOf(await effect(apis, request.kind, request.args))
    inform(apis, 'i-3', { connectionRateLimit: 20 }) // as its configuration file may say
    expect(failureOf(await effect(apis, request.kind, request.args)).message).toContain('restarted')
    expect(apis.sent).toEqual(['i-3 limit 20'])
  })
})
