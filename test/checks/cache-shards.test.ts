import { describe, expect, it } from 'vitest'
import { run } from '../../src/checks/cache-shards/run.js'
import { cacheShards } from '../../src/checks/cache-shards/schema.js'
import { fail } from '../../src/domain/result.js'
import { CLUSTER } from '../actions/cloud.js'
import { type Cache, lookFor, newCache, shardOf, TIMEOUT } from '../actions/shards.js'

const MINUTE = 60_000

/** `between` is what happens from the first look to the second one. */
const report = (cache: Cache, between: () => void = () => {}) => {
  const clock: Cache['clock'] = {
    ...cache.clock,
    sleep: (ms, signal) => {
      between()
      return cache.clock.sleep(ms, signal)
    },
  }
  return run({ cluster: CLUSTER, over: 5_000 }, lookFor({ ...cache, clock }))
}

/** Two shards that have answered 95 % of gets since they started. */
const warm = (): Cache => {
  const cache = newCache(2)
  for (const shard of cache.shards.values()) shard.stats = { get_hits: '950', get_misses: '50' }
  return cache
}

const counting = (cache: Cache, id: string, hits: number, misses: number) => () => {
  const shard = shardOf(cache, id)
  shard.stats = { ...shard.stats, get_hits: `${950 + hits}`, get_misses: `${50 + misses}` }
}

describe('cache.shards', () => {
  it('passes where all are seen and none is cold or full', async () => {
    expect(await report(warm())).toMatchObject({
      verdict: 'pass',
      output: { cold: [], full: [], unseen: [], worst: [] },
      summary: `2 shards of ${CLUSTER} answered, with 195 KiB; none is cold or full`, // 200,000 bytes
    })
  })

  it('says of each what it holds and what it answered between the looks', async () => {
    const cache = warm()
    const shard = shardOf(cache, 's1')
    shard.stats = { ...shard.stats, evictions: '7' }
    const { output, summary } = await report(cache, () => {
      counting(cache, 's1', 80, 20)()
      shard.stats = { ...shard.stats, evictions: '10' }
    })
    expect(output?.shards[0]).toMatchObject({
      ...{ id: 's1', items: 1_000, bytes: 100_000, hit_ratio: 0.8, evictions: 3 },
      ...{ connections: 10, max_connections: 1_024 },
    })
    expect(summary).toContain('lowest hit ratio 80 %')
    expect(cacheShards.output.parse(output)).toEqual(output)
  })

  it('says no ratio where it was asked too little to say, or counts anew', async () => {
    const cache = warm()
    const { output } = await report(cache, () => {
      counting(cache, 's1', 48, 1)()
      counting(cache, 's2', -900, 0)()
    })
    expect(output?.shards.map(({ hit_ratio }) => hit_ratio)).toEqual([undefined, undefined])
  })

  it('fails where one is cold: it misses much more than it did', async () => {
    const cache = warm()
    const { verdict, output } = await report(cache, counting(cache, 's2', 70, 30))
    expect(verdict).toBe('fail')
    // 1020 of 1100 gets since it started.
    expect(output?.cold).toEqual([{ id: 's2', because: 'it answers 70 % of gets, and 93 % since it started' }])
    expect(output?.worst).toEqual(['s2'])
  })

  it('measures each by itself: a cluster that never hit much is not cold', async () => {
    const cache = newCache(1)
    shardOf(cache, 's1').stats = { get_hits: '400', get_misses: '600' }
    const { verdict } = await report(cache, () => {
      shardOf(cache, 's1').stats = { get_hits: '435', get_misses: '665' }
    })
    expect(verdict).toBe('pass')
  })

  it('fails where one is empty, or was started a short while ago', async () => {
    const cache = warm()
    shardOf(cache, 's1').items = 0
    shardOf(cache, 's2').started = (cache.clock.now() - 3 * MINUTE) / 1_000
    const { verdict, output } = await report(cache)
    expect(verdict).toBe('fail')
    expect(output?.cold).toEqual([
      { id: 's1', because: 'it is empty' },
      { id: 's2', because: 'it started 3m 5s ago' }, // 5s of them between the looks
    ])
  })

  it.each([
    [{ accepting_conns: '0' }, {}, 'it takes no connections now'],
    [{ rejected_connections: '5' }, { rejected_connections: '7' }, 'it turned 2 connections away'],
    [{ curr_connections: '973', max_connections: '1024' }, {}, '95 % of its connections are in use'],
  ])('fails where one is full: %j', async (before, after, because) => {
    const cache = warm()
    const shard = shardOf(cache, 's1')
    shard.stats = { ...shard.stats, ...before }
    const { verdict, output } = await report(cache, () => {
      shard.stats = { ...shard.stats, ...after }
    })
    expect(verdict).toBe('fail')
    expect(output?.full).toEqual([{ id: 's1', because }])
  })

  it('does not hold against one what it turned away long ago', async () => {
    const cache = warm()
    shardOf(cache, 's1').stats.rejected_connections = '5'
    expect((await report(cache)).verdict).toBe('pass')
  })

  it('never counts one as fine that is not seen, at either look', async () => {
    const cache = warm()
    shardOf(cache, 's1').items = 0
    const { verdict, output, summary } = await report(cache, () => {
      shardOf(cache, 's2').failing.stats = TIMEOUT
    })
    expect(verdict).toBe('fail')
    expect(output?.shards.map(({ id }) => id)).toEqual(['s1'])
    expect(output?.unseen).toEqual([{ id: 's2', reason: 'no answer in 2s' }])
    expect(output?.worst).toEqual(['s2'])
    expect(summary).toContain('s2 is not seen (no answer in 2s)')
  })

  it('cannot tell where none answers, none is found or discovery fails', async () => {
    const silent = newCache(1)
    shardOf(silent, 's1').failing.stats = TIMEOUT
    expect(await report(silent)).toMatchObject({
      verdict: 'inconclusive',
      output: { unseen: [{ id: 's1' }] },
    })
    expect(await report(newCache(0))).toMatchObject({ verdict: 'inconclusive', output: null })
    const look = {
      ...lookFor(newCache()),
      discover: async () => fail('discovery.failed', 'EC2 is silent', 'wait'),
    }
    expect(await run({ cluster: CLUSTER, over: 1 }, look)).toMatchObject({
      verdict: 'inconclusive',
      failure: { code: 'discovery.failed' },
    })
  })

  it('says how old a saved inventory is', async () => {
    const cache = warm()
    cache.inventory = { source: 'saved', at: cache.clock.now() - 42 * MINUTE, because: 'EC2 is silent' }
    expect((await report(cache)).summary).toContain('[inventory of 42m')
  })

  it('looks for 5s where nobody says how long, and for 5m at most', () => {
    expect(cacheShards.input.parse({ cluster: CLUSTER }).over).toBe(5_000)
    expect(cacheShards.input.safeParse({ cluster: CLUSTER, over: '6m' }).success).toBe(false)
  })
})
