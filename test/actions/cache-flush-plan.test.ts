import { describe, expect, it } from 'vitest'
import { behaviour } from '../../src/actions/cache-flush/behaviour.js'
import { cacheFlush } from '../../src/actions/cache-flush/schema.js'
import { parseDuration } from '../../src/domain/duration.js'
import { failureOf, okOf } from '../engine/results.js'
import { CLUSTER } from './cloud.js'
import { type Cache, lookFor, newCache, PROCESS, shardOf, TIMEOUT, urlOf } from './shards.js'

const planned = (cache: Cache, shards: 'all' | string[], more: { readonly stagger?: string } = {}) =>
  behaviour.plan(cacheFlush.input.parse({ cluster: CLUSTER, shards, ...more }) as never, lookFor(cache))

const standing = (id: string) => ({ data: urlOf(id), process: PROCESS })

describe('the plan to flush shards', () => {
  it('names each with its address and its process, in the order asked for, and the waits between them', async () => {
    const { changes, summary } = okOf(await planned(newCache(), ['s3', 's1', 's3'], { stagger: '90s' }))
    expect(changes).toEqual([
      { verb: 'flush', resource: 's3', before: standing('s3'), after: { state: 'empty', 'then wait': '90s' } },
      { verb: 'flush', resource: 's1', before: standing('s1'), after: { state: 'empty' } },
    ])
    expect(summary).toBe(`Flush s3, s1: 2 of 4 shards of ${CLUSTER}, one every 1m 30s`)
  })

  it('waits 10s between shards where nobody says how long, as memcached`s own protocol advises', async () => {
    const { changes } = okOf(await planned(newCache(3), 'all'))
    expect(changes.map(({ resource, after }) => [resource, after?.['then wait']])).toEqual([
      ['s1', '10s'],
      ['s2', '10s'],
      ['s3', undefined],
    ])
  })

  it('binds no count, rate or time: the same plan is made of a cache that has moved on', async () => {
    const cache = newCache()
    const first = okOf(await planned(cache, ['s1']))
    Object.assign(shardOf(cache, 's1'), { items: 5, bytes: 1_000_000, storing: 3, flushes: 9 })
    await cache.clock.sleep(3_600_000)
    expect(okOf(await planned(cache, ['s1'])).changes).toEqual(first.changes)
  })

  it('binds the process: another one has an empty cache already', async () => {
    const cache = newCache()
    const first = okOf(await planned(cache, ['s1']))
    shardOf(cache, 's1').started += 60
    expect(okOf(await planned(cache, ['s1'])).changes).not.toEqual(first.changes)
  })

  it('says what is lost, shard by shard, and what share of the cluster that is', async () => {
    const cache = newCache()
    shardOf(cache, 's2').bytes = 300_000
    const { facts, spends } = okOf(await planned(cache, ['s1', 's2']))
    expect(facts.map(({ label, value, unit }) => [label, value, unit])).toEqual([
      [`share of what ${CLUSTER} holds`, 67, '%'], // 400 of 600
      ['items in s1', 1_000, 'items'],
      ['memory in s1', 100_000, 'bytes'],
      ['items in s2', 1_000, 'items'],
      ['memory in s2', 300_000, 'bytes'],
    ])
    expect(new Set(facts.map(({ worse }) => worse))).toEqual(new Set(['higher']))
    expect(spends).toEqual({
      guardrail: 'flush',
      cluster: CLUSTER,
      each: { s1: 100_000, s2: 300_000 },
      whole: { s1: 100_000, s2: 300_000, s3: 100_000, s4: 100_000 },
    })
  })

  it('says how long they stay cold, by what they store now', async () => {
    const cache = newCache()
    shardOf(cache, 's1').storing = 4
    shardOf(cache, 's2').items = 0
    const { undo } = okOf(await planned(cache, ['s1', 's2', 's3']))
    expect(undo).toEqual([
      'nothing brings it back: what is flushed is asked for anew',
      's1 stays cold for at least 4m 10s: it stores 4.0 items per second now', // 1000 items at 4 per second
      's2 holds nothing now',
      's3: how long it stays cold is not known, for nothing was stored there in 2s',
    ])
  })

  it('does not take a restart between its two looks for a rate', async () => {
    const cache = newCache()
    const shard = shardOf(cache, 's1')
    const { sleep } = cache.clock
    const restarting = (ms: number) => {
      Object.assign(shard, { pid: 2, storing: 50 })
      return sleep(ms)
    }
    const { undo } = okOf(await planned({ ...cache, clock: { ...cache.clock, sleep: restarting } }, ['s1']))
    expect(undo.join()).toContain('is not known')
  })

  it('cannot be taken back, is typed by its id or by cluster and count, and locks the cluster', async () => {
    const one = okOf(await planned(newCache(), ['s2']))
    expect(one).toMatchObject({
      blast: { irreversible: true, takes: 0, adds: 0 },
      confirm: 's2',
      locks: [`cluster:${CLUSTER}`],
    })
    expect(okOf(await planned(newCache(), 'all')).confirm).toBe(`${CLUSTER} 4`)
  })

  it('gives the same as lines for a socket, waits included', async () => {
    expect(okOf(await planned(newCache(), ['s1', 's2'], { stagger: '1500ms' })).commands).toEqual([
      'echo "flush_all" | socat stdio tcp:10.0.1.1:11211',
      'sleep 1.5',
      'echo "flush_all" | socat stdio tcp:10.0.1.2:11211',
    ])
  })

  it('predicts an output that fits its schema', async () => {
    const { predicted } = okOf(await planned(newCache(), ['s2', 's1']))
    expect(cacheFlush.output.parse(predicted)).toEqual({ flushed: ['s2', 's1'] })
  })

  it('counts one that does not answer as if it held nothing, and says so', async () => {
    const cache = newCache()
    shardOf(cache, 's4').failing.stats = TIMEOUT
    const { warnings, spends } = okOf(await planned(cache, ['s1']))
    expect(warnings).toEqual(['s4 is not seen, and counts as if it held nothing (no answer in 2s)'])
    expect(Object.keys(spends?.whole ?? {})).toEqual(['s1', 's2', 's3'])
  })

  it('works while EC2 does not answer, and says so', async () => {
    const cache = newCache()
    cache.inventory = { source: 'saved', because: 'EC2 does not answer' }
    expect(okOf(await planned(cache, ['s1'])).warnings).toEqual([
      'the inventory is a saved one: EC2 does not answer',
    ])
  })

  it('changes nothing', async () => {
    const cache = newCache()
    await planned(cache, 'all')
    expect(cache.told).toEqual([])
  })
})

describe('no plan to flush shards', () => {
  const refused = async (cache: Cache, shards: 'all' | string[]) => failureOf(await planned(cache, shards))

  it('is made for a server that was started with -F, which is named', async () => {
    const cache = newCache()
    shardOf(cache, 's2').keeps = true
    const { code, message } = await refused(cache, 'all')
    expect(code).toBe('plan.impossible')
    expect(message).toContain(`s2 (${urlOf('s2')})`)
    expect(message).toContain('-F')
    expect(message).not.toContain('s1')
    okOf(await planned(cache, ['s1', 's3']))
  })

  it('is made for a shard that the cluster does not have, or none at all', async () => {
    const { code, message } = await refused(newCache(2), ['s1', 's9'])
    expect({ code, message }).toEqual({
      code: 'plan.impossible',
      message: `s9: no shard of ${CLUSTER}; it has s1, s2`,
    })
    expect((await refused(newCache(0), 'all')).code).toBe('plan.impossible')
  })

  it('is made for one that cannot be looked at', async () => {
    for (const what of ['stats', 'settings'] as const) {
      const cache = newCache()
      shardOf(cache, 's2').failing[what] = TIMEOUT
      const { code, message } = await refused(cache, ['s1', 's2'])
      expect({ code, message }).toEqual({
        code: 'plan.impossible',
        message: 's2 cannot be looked at: no answer in 2s',
      })
    }
  })

  it('is made for one that does not count what memcached counts: none is not the same as not known', async () => {
    const cache = newCache()
    shardOf(cache, 's1').stats = { cmd_flush: undefined, bytes: 'many' }
    expect((await refused(cache, ['s1'])).message).toContain('its stats lack bytes, cmd_flush')
  })
})

describe('the input of a flush', () => {
  it.each(['1ms', '10m'])('takes a stagger of %s', stagger => {
    const { data } = cacheFlush.input.safeParse({ cluster: CLUSTER, shards: 'all', stagger })
    expect(data?.stagger).toBe(parseDuration(stagger))
  })

  it.each([
    [{ shards: [] }],
    [{ shards: 'some' }],
    [{ shards: 'all', stagger: '11m' }],
    [{ shards: 'all', stagger: '0s' }],
    [{ shards: 'all', delay: '10s' }],
    [{}],
  ])('does not take %j', given => {
    expect(cacheFlush.input.safeParse({ cluster: CLUSTER, ...given }).success).toBe(false)
  })
})
