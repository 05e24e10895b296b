// Replacing a proxy whose clients come by no address: they are sent away from it.

import { describe, expect, it } from 'vitest'
import type { OpBehaviour } from '../../src/actions/contract.js'
import { behaviour } from '../../src/actions/proxy-replace/behaviour.js'
import { proxyReplace } from '../../src/actions/proxy-replace/schema.js'
import type { Json, JsonObject } from '../../src/domain/json.js'
import type { Plan } from '../../src/domain/plan.js'
import { fail, ok } from '../../src/domain/result.js'
import { failureOf, okOf } from '../engine/results.js'
import { applied as appliedTo, type Ends, withProxies } from './applied.js'
import { CLUSTER, newCloud } from './cloud.js'
import { handsFor, lookFor, newProxies, PAUSED, type Proxies, TIMEOUT } from './frontends.js'

/** Proxies of a cluster without addresses. */
const unaddressed = (): Proxies => ({
  ...newProxies(),
  cloud: withProxies(newCloud(), { address: 'none' }),
})

const planFor = (proxies: Proxies, input: JsonObject = { proxies: ['i-3'] }) =>
  behaviour.plan(proxyReplace.input.parse(input), lookFor(proxies))

const planned = async (proxies = unaddressed(), input: JsonObject = { proxies: ['i-3'] }): Promise<Plan> => ({
  ...okOf(await planFor(proxies, input)),
  action: 'proxy.replace',
  with: input,
  digest: 'd'.repeat(64),
})

const ADMIN = 'tcp://10.0.0.3:9999'

describe('the plan', () => {
  it('names what is stopped, the time that is left, and whose sessions are shut then', async () => {
    const { changes } = okOf(await planFor(unaddressed()))
    expect(changes.map(({ verb, resource }) => `${verb} ${resource}`)).toEqual([
      'launch the new proxy for i-3',
      'drain i-3',
      'shut-sessions i-3',
      'park i-3',
    ])
    expect(changes[1]).toMatchObject({
      before: { admin: ADMIN, frontends: ['shard1', 'shard2'] },
      after: { frontends: 'stopped', deadline_seconds: 60 },
    })
    expect(changes[2]?.before).toEqual({ servers: ['shard1/s1', 'shard2/s1'] })
  })

  it.each([
    ['conservative', undefined, 60],
    ['aggressive', undefined, 20],
    ['aggressive', '5m', 300],
  ] as const)('leaves them time by its posture (%s), or as long as it says (%s): %d s', async (...row) => {
    const [posture, deadline, seconds] = row
    const proxies = unaddressed()
    proxies.cloud.posture = posture
    const input = { proxies: ['i-3'], ...(deadline === undefined ? {} : { deadline }) }
    const { changes } = okOf(await planFor(proxies, input))
    expect(changes[1]?.after).toMatchObject({ deadline_seconds: seconds })
  })

  it('stops only what accepts now, so that an undo leaves the rest as somebody else left it', async () => {
    const proxies = unaddressed()
    proxies.status.set('i-3/shard1', PAUSED)
    expect(okOf(await planFor(proxies)).changes[1]?.before).toMatchObject({ frontends: ['shard2'] })
  })

  it('says before consent that sessions which were shut do not come back', async () => {
    const { warnings, undo } = okOf(await planFor(unaddressed()))
    expect(warnings.join()).toContain('cannot be taken back')
    expect(undo.join()).toContain('not brought back')
  })

  it('neither drains nor shuts where the old one does not answer, and says so', async () => {
    const proxies = unaddressed()
    proxies.failing.set('stat i-3', TIMEOUT)
    const { changes, warnings } = okOf(await planFor(proxies))
    expect(changes.map(({ verb }) => verb)).toEqual(['launch', 'park'])
    expect(warnings.join()).toContain('i-3 does not answer')
  })

  it('gives the same by hand', async () => {
    const { commands } = okOf(await planFor(unaddressed()))
    expect(commands.slice(2, -1)).toEqual([
      'echo "disable frontend shard1" | socat stdio tcp:10.0.0.3:9999',
      'echo "disable frontend shard2" | socat stdio tcp:10.0.0.3:9999',
      'sleep 60',
      'echo "shutdown sessions server shard1/s1" | socat stdio tcp:10.0.0.3:9999',
      'echo "shutdown sessions server shard2/s1" | socat stdio tcp:10.0.0.3:9999',
    ])
  })

  it('refuses a longer time than an hour', () => {
    expect(proxyReplace.input.safeParse({ proxies: ['i-1'], deadline: '2h' }).success).toBe(false)
  })
})

const applied = async (ends: Ends = {}, input?: JsonObject) =>
  appliedTo(await planned(unaddressed(), input), ends)

const SERVES = [
  'launch-i-3-subnet-a1-c7i.large',
  'await-running',
  'await-serving',
  'enter-service',
  'disable-shard1',
  'disable-shard2',
]
const still = (sessions: number | null) => ok<Json>({ sessions })

describe('its apply', () => {
  it('parks the old one as soon as all have left by themselves', async () => {
    const { keys, result } = await applied()
    expect(keys).toEqual([...SERVES, 'await-drained-1', 'park'])
    expect(okOf(result).output).toEqual({ replaced: [{ old: 'i-3', new: 'i-new1' }], dropped: [] })
  })

  it('waits for as long as was agreed to, tells how many are left, and shuts them then', async () => {
    const { asked, keys, result } = await applied({ 'await-drained': still(120) })
    const waits = ['await-drained-1', 'await-drained-2', 'await-drained-3', 'await-drained-4']
    expect(keys).toEqual([...SERVES, ...waits, 'shut-sessions', 'park'])
    const whole = asked.reduce((sum, { args }) => sum + Number(args.within ?? 0), 0)
    expect(whole).toBe(60_000)
    expect(asked.find(({ kind }) => kind === 'shut-sessions')?.args).toEqual({
      cluster: CLUSTER,
      proxy: 'i-3',
      admin: ADMIN,
      servers: ['shard1/s1', 'shard2/s1'],
    })
    expect(okOf(result).summary).toContain('120 of its sessions were shut')
  })

  it.each([
    ['20s', [15_000, 5_000]],
    ['1h', Array(8).fill(450_000)],
  ])('waits %s in parts', async (deadline, parts) => {
    const { asked } = await applied({ 'await-drained': still(1) }, { proxies: ['i-3'], deadline })
    expect(asked.flatMap(({ kind, args }) => (kind === 'await-drained' ? [args.within] : []))).toEqual(parts)
  })

  it('parks one that no longer answers at the end, and says that nothing was shut', async () => {
    const { keys, result } = await applied({ 'await-drained': still(null) })
    expect(keys.slice(-2)).toEqual(['await-drained-4', 'park'])
    expect(okOf(result).summary).toContain('its sessions were not shut')
  })

  const STUCK = fail('target.rejected', 'Failed to pause frontend', 'look')

  it('abandons what it launched where no frontend could be stopped: nobody has left the old one', async () => {
    const { keys, result } = await applied({ 'disable-frontend': STUCK })
    expect(keys).toEqual([...SERVES, 'park-new'])
    expect(failureOf(result).message).toContain('i-new1, which was launched for it, is parked')
  })

  it('leaves both in service where only some could be stopped, and says which', async () => {
    const { keys, result } = await applied({ 'disable-shard2': STUCK })
    expect(keys).toEqual(SERVES)
    expect(failureOf(result).message).toBe(
      'Failed to pause frontend; i-new1 serves beside i-3, which accepts no more on shard1 and is not parked',
    )
  })

  it('does not park the old one where its sessions did not end', async () => {
    const { keys, result } = await applied({ 'await-drained': still(3), 'shut-sessions': STUCK })
    expect(keys.at(-1)).toBe('shut-sessions')
    expect(failureOf(result).message).toContain('which accepts no more and is not parked')
  })
})

const opOf = (kind: string): OpBehaviour => behaviour.ops[kind] ?? expect.fail(`no op ${kind}`)
const HELD = { cluster: CLUSTER, proxy: 'i-3', admin: ADMIN }

describe('await-drained', () => {
  const wait = async (proxies: Proxies, within: number) => {
    const hands = handsFor(proxies)
    const begun = hands.clock.now()
    const result = okOf(await opOf('await-drained').effect({ ...HELD, within }, '', hands))
    return { result, waited: hands.clock.now() - begun }
  }

  it('ends as soon as nobody is left on the frontends of the fleet, whatever others there are', async () => {
    const proxies = unaddressed()
    proxies.sessions.splice(0, 1, 40, 20, 0)
    expect(await wait(proxies, 60_000)).toMatchObject({ result: { sessions: 0 }, waited: 10_000 })
  })

  it('ends when the time is over, and says how many stay on these', async () => {
    expect(await wait(unaddressed(), 12_000)).toMatchObject({
      result: { sessions: 200, told: '200 sessions left' },
      waited: 12_000,
    })
  })

  it('looks a little longer where it does not answer, and then says that it does not know', async () => {
    const proxies = unaddressed()
    proxies.failing.set('stat i-3', TIMEOUT)
    expect(await wait(proxies, 10_000)).toMatchObject({ result: { sessions: null }, waited: 25_000 })
  })
})

describe('shut-sessions', () => {
  const shut = (proxies: Proxies) =>
    opOf('shut-sessions').effect({ ...HELD, servers: ['shard1/s1', 'shard2/s1'] }, '', handsFor(proxies))

  it('is done when it is seen that nobody is left, and not when HAProxy has understood', async () => {
    const proxies = unaddressed()
    proxies.sessions.splice(0, 1, 5, 5, 0)
    okOf(await shut(proxies))
    expect(proxies.sent).toEqual(['shut i-3 shard1/s1', 'shut i-3 shard2/s1'])
  })

  it('leaves a server alone that nobody uses: a try before this one may have shut its sessions', async () => {
    const proxies = unaddressed()
    proxies.sessions.splice(0, 1, 5, 0)
    proxies.idle.add('shard1/s1')
    okOf(await shut(proxies))
    expect(proxies.sent).toEqual(['shut i-3 shard2/s1'])
  })

  it('is no doubt where it could not be seen what there is to shut: nothing was sent', async () => {
    const proxies = unaddressed()
    proxies.failing.set('stat i-3', TIMEOUT)
    expect(failureOf(await shut(proxies)).code).toBe('target.refused')
    expect(proxies.sent).toEqual([])
  })

  it('has failed where some are still there after half a minute, and is no doubt', async () => {
    const failed = failureOf(await shut(unaddressed()))
    expect(failed.code).toBe('target.rejected')
    expect(failed.message).toContain('200 are still there')
  })

  it('sends nothing more after the first that HAProxy refuses', async () => {
    const proxies = unaddressed()
    proxies.failing.set('shut', fail('target.rejected', 'No such server.', 'look'))
    expect(failureOf(await shut(proxies)).message).toBe('No such server.')
    expect(proxies.sent).toEqual(['shut i-3 shard1/s1'])
  })

  it('leaves nothing to take back, and is no look', () => {
    const { undo } = opOf('shut-sessions')
    expect(typeof undo === 'function' && undo({ ...HELD, servers: [] }, null)).toEqual([])
  })
})

describe('survey', () => {
  it('sees who is hot, who answers, and what this incident has launched', async () => {
    const { cloud } = unaddressed()
    cloud.instances.set('i-9', {
      id: 'i-9',
      state: 'running',
      privateIp: '10.0.0.9',
      tags: { 'firebreak:incident': 'i-test', 'firebreak:op': 'token' },
    })
    const proxies = { ...newProxies(), cloud }
    proxies.failing.set('stat i-2', TIMEOUT)
    const found = okOf(await opOf('survey').effect({ cluster: CLUSTER }, '', handsFor(proxies)))
    expect(found).toMatchObject({
      hot: {},
      seen: ['i-1', 'i-3', 'i-4', 'i-5', 'i-6', 'i-9'],
      ours: ['i-9'],
      told: 'none is hot',
    })
  })
})
