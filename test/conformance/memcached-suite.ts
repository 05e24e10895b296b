import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Memcached } from '../../src/providers/contract.js'
import { memcached } from '../../src/providers/memcached/memcached.js'
import { verbosityOf } from '../../src/providers/memcached/verbosity.js'
import { send } from '../../src/providers/transport.js'
import type { Wire } from '../../src/providers/wire.js'
import { failureOf, okOf } from '../providers/wire.js'
import type { Service } from './service.js'

export type RunningMemcached = {
  readonly wire: Wire
  readonly url: string
  /** Started with `-F`: it refuses to be flushed. */
  readonly keeps?: true
  readonly stop: () => Promise<void>
}

export const memcachedSuite = (service: Service<RunningMemcached>): void => {
  let running: RunningMemcached
  let shard: Memcached
  beforeAll(async () => {
    running = await service.start()
    shard = memcached(running.url, running.wire)
  })
  afterAll(() => running?.stop())

  describe('memcached', () => {
    it('says its version', async () => {
      expect(okOf(await shard.version())).toMatch(/^\d+\.\d+\.\d+/)
    })

    it.each([
      ...['uptime', 'curr_connections', 'max_connections', 'total_connections', 'rejected_connections'],
      ...['get_hits', 'get_misses', 'cmd_flush', 'evictions', 'curr_items', 'limit_maxbytes'],
      ...['bytes', 'total_items', 'pid', 'time', 'accepting_conns', 'threads'],
    ])('counts %s', async name => {
      expect(okOf(await shard.stats())[name]).toMatch(/^\d+$/)
    })

    it('says in its stats the version that it says', async () => {
      expect(okOf(await shard.stats()).version).toBe(okOf(await shard.version()))
    })

    it('says when it started, the same at each look', async () => {
      const startOf = async () => {
        const { time, uptime } = okOf(await shard.stats())
        return Number(time) - Number(uptime)
      }
      const first = await startOf()
      await running.wire.clock.sleep(1_300)
      expect(await startOf()).toBe(first)
    })

    it('says whether it may be flushed, and how many connections it takes', async () => {
      const { flush_enabled, maxconns } = okOf(await shard.stats('settings'))
      expect(flush_enabled).toBe(running.keeps ? 'no' : 'yes')
      expect(Number(maxconns)).toBe(Number(okOf(await shard.stats()).max_connections))
    })

    it('is flushed, or refuses to be, and counts it either way', async () => {
      const counted = async () => Number(okOf(await shard.stats()).cmd_flush)
      await store(running, 'stays')
      const before = await counted()
      const flushed = await shard.flushAll()
      expect(await counted()).toBe(before + 1)
      if (running.keeps) {
        expect(flushed).toMatchObject({ ok: false, failure: { code: 'target.rejected' } })
        expect(flushed.ok ? '' : flushed.failure.message).toContain('-F')
        expect(await fetchBack(running, 'stays')).toContain('VALUE stays')
        return
      }
      expect(flushed).toEqual({ ok: true, value: null })
      expect(await fetchBack(running, 'stays')).toBe('END\r\n')
      await store(running, 'after')
      expect(await fetchBack(running, 'after')).toContain('VALUE after')
    })

    it('says how much it logs, and logs as much as it is told', async () => {
      const before = okOf(await verbosityOf(shard))
      okOf(await shard.setVerbosity(1))
      expect(okOf(await verbosityOf(shard))).toBe(1)
      okOf(await shard.setVerbosity(9)) // taken, and no more than it has levels
      expect(okOf(await verbosityOf(shard))).toBe(2)
      okOf(await shard.setVerbosity(before))
      expect(okOf(await verbosityOf(shard))).toBe(before)
    })

    it('refuses a level that is none', async () => {
      const refused = failureOf(await shard.setVerbosity(-1))
      expect(refused).toMatchObject({
        code: 'target.rejected',
        message: expect.stringContaining('bad command line'),
      })
    })

    it('answers many at the same time', async () => {
      const replies = await Promise.all(Array.from({ length: 20 }, () => shard.version()))
      expect(new Set(replies.map(okOf)).size).toBe(1)
    })
  })
}

const store = async (running: RunningMemcached, key: string): Promise<void> => {
  expect(await say(running, `set ${key} 0 0 5\r\nvalue\r\n`, /\n$/)).toBe('STORED\r\n')
}

const fetchBack = (running: RunningMemcached, key: string): Promise<string> =>
  say(running, `get ${key}\r\n`, /END\r\n$/)

/** What no provider sends: firebreak stores nothing. */
const say = async ({ wire, url }: RunningMemcached, request: string, until: RegExp): Promise<string> =>
  okOf(
    await send(url, wire, {
      sent: { endpoint: 'memcached', operation: 'test', mutating: true },
      request,
      until,
      deadline: 2_000,
      maxReply: 10_000,
    }),
  )
