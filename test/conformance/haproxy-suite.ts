import net from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Haproxy, StatRow, Wire } from '../../src/providers/contract.js'
import { haproxy } from '../../src/providers/haproxy/haproxy.js'
import { memcached } from '../../src/providers/memcached/memcached.js'
import { failureOf, okOf } from '../providers/wire.js'
import type { Service } from './service.js'

/** A proxy with the frontends `shard1` and `shard2`, and a shard behind each. */
export type RunningHaproxy = {
  readonly wire: Wire
  /** URL of the runtime API, and of each frontend. */
  readonly admin: string
  readonly data: (frontend: 'shard1' | 'shard2') => string
  /** False where sessions are simulated, and one more of ours does not count. */
  readonly countsOurs: boolean
  readonly stop: () => Promise<void>
}

export const haproxySuite = (service: Service<RunningHaproxy>): void => {
  let running: RunningHaproxy
  let proxy: Haproxy
  beforeAll(async () => {
    running = await service.start()
    proxy = haproxy(running.admin, running.wire)
  })
  afterAll(() => running?.stop())

  const sessions = async (): Promise<number> => (await frontend('shard1'))?.sessions ?? Number.NaN
  const frontend = async (name: string): Promise<StatRow | undefined> =>
    okOf(await proxy.stat()).find(row => row.type === 'frontend' && row.proxy === name)
  const shardVersion = async () => memcached(running.data('shard1'), running.wire).version()

  describe('show stat', () => {
    it('has a row for each frontend, open', async () => {
      expect(await frontend('shard1')).toMatchObject({ server: 'FRONTEND', status: 'OPEN' })
      expect(await frontend('shard2')).toMatchObject({ status: 'OPEN' })
      expect((await frontend('shard1'))?.limit).toBeGreaterThan(0)
    })

    it('counts the sessions that are open now', async () => {
      const before = await sessions()
      if (!running.countsOurs) {
        expect(before).toBeGreaterThan(0) // its clients are simulated, and are there without us
        return
      }
      const client = await connect(running, 'shard1')
      await expect.poll(sessions).toBe(before + 1)
      client.destroy()
      await expect.poll(sessions).toBe(before)
    })
  })

  describe('a frontend', () => {
    it('passes requests on while it is enabled', async () => {
      expect(okOf(await shardVersion())).toMatch(/^\d+\.\d+/)
    })

    it('when disabled refuses new connections and keeps the live ones, until it is enabled again', async () => {
      const client = await connect(running, 'shard1')
      okOf(await proxy.disableFrontend('shard1'))
      expect((await frontend('shard1'))?.status).toBe('PAUSED')
      expect(failureOf(await shardVersion()).code).toBe('target.refused')
      expect(client.destroyed).toBe(false)
      expect(await sessions()).toBeGreaterThan(0)
      okOf(await memcached(running.data('shard2'), running.wire).version())
      okOf(await proxy.enableFrontend('shard1'))
      expect((await frontend('shard1'))?.status).toBe('OPEN')
      okOf(await shardVersion())
      client.destroy()
    })

    it('that is enabled already may be enabled again, and one that is disabled disabled', async () => {
      okOf(await proxy.enableFrontend('shard1'))
      okOf(await proxy.disableFrontend('shard1'))
      okOf(await proxy.disableFrontend('shard1'))
      okOf(await proxy.enableFrontend('shard1'))
    })

    it('that does not exist is refused in the words of HAProxy', async () => {
      const failed = failureOf(await proxy.disableFrontend('shard9'))
      expect(failed.code).toBe('target.rejected')
      expect(failed.message).toContain('No such frontend.')
    })
  })
}

const connect = async (running: RunningHaproxy, frontend: 'shard1' | 'shard2'): Promise<net.Socket> => {
  const socket = net.connect(okOf(running.wire.resolve(running.data(frontend))))
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })
  return socket
}
