import { describe, expect, it } from 'vitest'
import { behaviour } from '../../src/actions/cache-flush/behaviour.js'
import { cacheFlush } from '../../src/actions/cache-flush/schema.js'
import type { Apply } from '../../src/actions/contract.js'
import { fail } from '../../src/domain/result.js'
import { isDoubtful } from '../../src/runtime/doubt.js'
import { failureOf, okOf } from '../engine/results.js'
import { CLUSTER } from './cloud.js'
import {
  type Cache,
  handsFor,
  lookFor,
  newCache,
  PROCESS,
  type Shard,
  shardOf,
  TIMEOUT,
  urlOf,
} from './shards.js'

const ARGS = { cluster: CLUSTER, shard: 's1', url: urlOf('s1'), process: PROCESS, bytes: 100_000, flushes: 3 }

const opOf = (kind: string) => behaviour.ops[kind]!
const flush = (cache: Cache) => opOf('flush').effect(ARGS, 'token', handsFor(cache))
const probe = (cache: Cache) => opOf('flush').probe(ARGS, 'token', handsFor(cache))

/** Its first shard has been flushed three times so far. */
const cacheWith = (more: Partial<Shard> = {}): Cache => {
  const cache = newCache()
  Object.assign(shardOf(cache, 's1'), { flushes: 3, ...more })
  return cache
}

describe('flush', () => {
  it('flushes, and counts once the server has counted it', async () => {
    const cache = cacheWith()
    expect(okOf(await flush(cache))).toEqual({ flushes: 4 })
    expect(cache.told).toEqual(['s1'])
    expect(shardOf(cache, 's1').items).toBe(0)
  })

  it.each<[string, Partial<Shard>, string]>([
    ['was restarted since it was planned', { pid: 2 }, 'plan.stale'],
    ['has the same number, and started anew', { started: 1_700_000_060 }, 'plan.stale'],
    ['was flushed by somebody since it was counted', { flushes: 4 }, 'plan.stale'],
    ['cannot be looked at', { failing: { stats: TIMEOUT } }, 'target.refused'],
  ])('sends nothing to one that %s', async (_what, more, code) => {
    const cache = cacheWith(more)
    const failed = failureOf(await flush(cache))
    expect(failed.code).toBe(code)
    expect(failed.message).toContain('nothing was sent')
    expect(isDoubtful(failed)).toBe(false)
    expect(cache.told).toEqual([])
  })

  it('gives a refusal of memcached as it is: nothing happened', async () => {
    const failed = failureOf(await flush(cacheWith({ keeps: true })))
    expect(failed.code).toBe('target.rejected')
    expect(isDoubtful(failed)).toBe(false)
  })

  it('is in doubt where the answer was lost, where nobody saw it done, or where it was not counted', async () => {
    const unseen = cacheWith()
    const shard = shardOf(unseen, 's1')
    shard.meanwhile = () => Object.assign(shard.failing, { stats: TIMEOUT })
    const uncounted = cacheWith({ stats: { cmd_flush: '3' } })
    for (const cache of [cacheWith({ failing: { lost: true } }), unseen, uncounted])
      expect(isDoubtful(failureOf(await flush(cache)))).toBe(true)
  })

  it('was done where it was answered, also where the server was restarted right after', async () => {
    const cache = cacheWith()
    const shard = shardOf(cache, 's1')
    shard.meanwhile = () => Object.assign(shard, { pid: 9, flushes: 0 })
    expect(okOf(await flush(cache))).toEqual({ restarted: PROCESS.replace('1', '9') })
  })

  it('spends what the shard held, cannot be taken back, and can be done by hand', () => {
    const { spends, undo, byHand } = opOf('flush')
    expect(spends?.(ARGS)).toEqual({ guardrail: 'flush', cluster: CLUSTER, amount: 100_000 })
    expect(undo).toBe('irreversible')
    expect(byHand?.(ARGS)).toBe('echo "flush_all" | socat stdio tcp:10.0.1.1:11211')
  })
})

describe('a flush whose outcome is not known', () => {
  it.each<[string, Partial<Shard>, string]>([
    ['did not happen where it was not counted', { flushes: 3 }, 'not-done'],
    ['happened where one more is counted', { flushes: 4 }, 'done'],
    ['did not happen where the server counts what it refuses', { flushes: 4, keeps: true }, 'not-done'],
    ['is not known where others flush, too', { flushes: 5 }, 'unknown'],
    ['is not known where the counters were reset', { flushes: 0 }, 'unknown'],
    ['is not known where the server does not answer', { failing: { stats: TIMEOUT } }, 'unknown'],
    [
      'is not known where it does not say how it was started',
      { flushes: 4, failing: { settings: TIMEOUT } },
      'unknown',
    ],
    ['makes no difference where the server was restarted since', { pid: 2, flushes: 0 }, 'done'],
  ])('%s', async (_what, more, state) => {
    const cache = cacheWith(more)
    const found = await probe(cache)
    expect(found.state).toBe(state)
    expect(found.evidence).toMatch(/cmd_flush|restarted/)
    expect(cache.told).toEqual([])
  })
})

describe('the ops around it', () => {
  it('count first, of that very process, and change nothing', async () => {
    const { effect, probe: again, undo } = opOf('count-flushes')
    expect(okOf(await effect(ARGS, '', handsFor(cacheWith())))).toEqual({ flushes: 3, told: '3 so far' })
    expect(failureOf(await effect(ARGS, '', handsFor(cacheWith({ pid: 2 })))).code).toBe('plan.stale')
    expect((await again(ARGS, '', handsFor(cacheWith()))).state).toBe('not-done')
    expect(undo).toBe('nothing')
  })

  it('wait on the clock, and begin again what was cut short', async () => {
    const cache = newCache()
    await opOf('pause').effect({ ms: 7_000 }, '', handsFor(cache))
    expect(cache.clock.slept).toEqual([7_000])
    expect((await opOf('pause').probe({ ms: 7_000 }, '', handsFor(cache))).state).toBe('not-done')
    expect(opOf('pause').undo).toBe('nothing')
  })
})

describe('flushing shards', () => {
  const run = async (cache: Cache, shards: 'all' | string[], stagger = '25s') => {
    const input = cacheFlush.input.parse({ cluster: CLUSTER, shards, stagger })
    const draft = okOf(await behaviour.plan(input as never, lookFor(cache)))
    const plan = { ...draft, action: 'cache.flush', with: {}, digest: 'd' }
    const keys: string[] = []
    const op: Apply['op'] = ({ kind, key, target, args }) => {
      keys.push(`${key}@${target}`)
      return opOf(kind).effect(args, key, handsFor(cache))
    }
    const all: Apply['all'] = async () => {
      throw new Error('one after the other')
    }
    // What a plan becomes in a journal.
    const kept = JSON.parse(JSON.stringify(plan))
    return { result: await behaviour.apply(kept, { op, all }), keys }
  }

  it('goes one after the other, and waits in pieces of 10s at most, so that it can be stopped', async () => {
    const cache = newCache()
    const { result, keys } = await run(cache, ['s2', 's1'])
    expect(cacheFlush.output.parse(okOf(result).output)).toEqual({ flushed: ['s2', 's1'] })
    expect(keys).toEqual([
      ...['count@s2', 'flush@s2', 'pause-1@s1', 'pause-2@s1', 'pause-3@s1'],
      ...['count@s1', 'flush@s1'],
    ])
    expect(cache.clock.slept.slice(1)).toEqual([10_000, 10_000, 5_000])
    expect(cache.told).toEqual(['s2', 's1'])
  })

  it('stops where one fails, and says which are flushed by then', async () => {
    const cache = newCache()
    shardOf(cache, 's2').failing.flush = fail('target.rejected', 'no to s2', 'look')
    const { result } = await run(cache, 'all')
    expect(okOf(result)).toMatchObject({
      output: { flushed: ['s1'] },
      summary: '1 of 4 shards are flushed (s1): no to s2',
      failure: { code: 'target.rejected', message: 'no to s2' },
    })
    expect(cache.told).toEqual(['s1', 's2'])
  })

  it('has flushed nothing where the first one fails', async () => {
    const cache = newCache()
    shardOf(cache, 's1').failing.flush = fail('target.rejected', 'no to s1', 'look')
    const { result } = await run(cache, 'all')
    expect(failureOf(result).message).toBe('0 of 4 shards are flushed: no to s1')
  })

  it('does nothing after the last', async () => {
    const { keys } = await run(newCache(), ['s3'])
    expect(keys).toEqual(['count@s3', 'flush@s3'])
  })
})
