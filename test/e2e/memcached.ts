import { memcached } from '../../src/providers/memcached/memcached.js'
import { send } from '../../src/providers/transport.js'
import { startMemcached } from '../conformance/real-memcached.js'
import { okOf } from '../engine/results.js'
import { testWire } from '../providers/wire.js'

/** What a test does to a memcached, and sees of it. */
export type Cache = {
  /** Stores `k0` to `k999`, 1000 bytes each. */
  readonly fill: () => Promise<void>
  readonly holds: (key: string) => Promise<boolean>
  readonly flushes: () => Promise<number>
}

/** A real memcached of a test's own. */
export type Shard = Cache & { readonly port: number; readonly stop: () => Promise<void> }

const ITEMS = 1_000

export const startShard = async (...flags: string[]): Promise<Shard> => {
  const { port, stop } = await startMemcached(...flags)
  return { port, stop, ...cacheAt(`tcp://127.0.0.1:${port}`) }
}

export const cacheAt = (url: string): Cache => {
  const wire = testWire()
  const say = async (request: string, until: RegExp) =>
    okOf(
      await send(url, wire, {
        ...{ request, until, deadline: 10_000, maxReply: 100_000 },
        sent: { endpoint: 'memcached', operation: 'test', mutating: true },
      }),
    )
  return {
    fill: async () => {
      const item = (n: number) => `set k${n} 0 0 1000 noreply\r\n${'x'.repeat(1_000)}\r\n`
      const items = Array.from({ length: ITEMS }, (_, n) => item(n)).join('')
      await say(`${items}version\r\n`, /\n$/)
    },
    holds: async key => (await say(`get ${key}\r\n`, /END\r\n$/)).startsWith('VALUE'),
    flushes: async () => Number(okOf(await memcached(url, wire).stats()).cmd_flush),
  }
}
