import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Memcached, Wire } from '../../src/providers/contract.js'
import { memcached } from '../../src/providers/memcached/memcached.js'
import { okOf } from '../providers/wire.js'
import type { Service } from './service.js'

export type RunningMemcached = {
  readonly wire: Wire
  readonly url: string
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
    ])('counts %s', async name => {
      expect(okOf(await shard.stats())[name]).toMatch(/^\d+$/)
    })

    it('says in its stats the version that it says', async () => {
      expect(okOf(await shard.stats()).version).toBe(okOf(await shard.version()))
    })

    it('answers many at the same time', async () => {
      const replies = await Promise.all(Array.from({ length: 20 }, () => shard.version()))
      expect(new Set(replies.map(okOf)).size).toBe(1)
    })
  })
}
