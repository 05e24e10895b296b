import net from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Haproxy, ServerRow, StatRow } from '../../src/providers/contract.js'
import { haproxy } from '../../src/providers/haproxy/haproxy.js'
import { memcached } from '../../src/providers/memcached/memcached.js'
import type { Wire } from '../../src/providers/wire.js'
import { failureOf, okOf } from '../providers/wire.js'
import type { Service } from './service.js'

/** A proxy with the frontends `shard1` and `shard2`, and behind each a backend of its name with the server `s1`. */
export type RunningHaproxy = {
  readonly wire: Wire
  /** URL of the runtime API, and of each frontend. */
  readonly admin: string
  readonly data: (frontend: 'shard1' | 'shard2') => string
  /** False where sessions are simulated, and one more of ours does not count. */
  readonly countsOurs: boolean
  /** The list of denied addresses, as the runtime API knows it. */
  readonly denyList: string
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

  it('says what its socket may do', async () => {
    expect(okOf(await proxy.level())).toBe('admin')
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

  const server = async (backend: string): Promise<ServerRow | undefined> =>
    okOf(await proxy.servers()).find(row => row.backend === backend && row.server === 's1')

  describe('a server', () => {
    const calm = { weight: 1, initialWeight: 1, up: true }

    it('has the weight of the configuration until another is set, and gets it back', async () => {
      expect(await server('shard1')).toEqual({ backend: 'shard1', server: 's1', ...calm })
      for (const weight of [7, 256, 0, 1]) {
        okOf(await proxy.setWeight('shard1', 's1', weight))
        expect(await server('shard1')).toMatchObject({ ...calm, weight })
        expect(await server('shard2')).toMatchObject(calm)
      }
    })

    it('with a weight of 0 gets no new connections, until it has one again', async () => {
      okOf(await proxy.setWeight('shard1', 's1', 0))
      expect(failureOf(await shardVersion()).code).toBe('target.protocol')
      okOf(await memcached(running.data('shard2'), running.wire).version())
      okOf(await proxy.setWeight('shard1', 's1', 1))
      okOf(await shardVersion())
    })

    it('loses its sessions some time after they are shut down', async () => {
      const client = running.countsOurs ? await connect(running, 'shard1') : undefined
      const before = await sessions()
      expect(before).toBeGreaterThan(0)
      okOf(await proxy.shutdownSessions('shard1', 's1'))
      await expect.poll(sessions).toBeLessThan(before)
      client?.destroy()
    })

    it.each([
      ['shard1', 's9', 'No such server.'],
      ['shard9', 's1', 'No such backend.'],
    ])('%s/%s that does not exist is refused in the words of HAProxy', async (backend, name, words) => {
      for (const result of [
        await proxy.setWeight(backend, name, 1),
        await proxy.shutdownSessions(backend, name),
      ]) {
        const failed = failureOf(result)
        expect(failed.code).toBe('target.rejected')
        expect(failed.message).toContain(words)
      }
    })
  })

  describe('the process', () => {
    it('says who it is, since when it runs, and what it carries', async () => {
      const first = okOf(await proxy.info())
      expect(first.pid).toBeGreaterThan(0)
      expect(first.maxConnections).toBeGreaterThan(0)
      expect(first.connectionRateLimit).toBe(0)
      const { pid, startedAt } = okOf(await proxy.info())
      expect({ pid, startedAt }).toEqual({ pid: first.pid, startedAt: first.startedAt })
    })

    it('limits its connection rate to what is set, and no more once that is 0', async () => {
      for (const limit of [50, 1, 2 ** 31 - 1, 0]) {
        okOf(await proxy.setConnRateLimit(limit))
        expect(okOf(await proxy.info()).connectionRateLimit).toBe(limit)
      }
    })

    it('answers here however low the limit is, and lets clients in again when it is gone', async () => {
      okOf(await proxy.setConnRateLimit(1))
      const answers = Array.from({ length: 4 }, shardVersion)
      for (let times = 0; times < 5; times += 1) okOf(await proxy.info())
      okOf(await proxy.setConnRateLimit(0))
      for (const answer of answers) okOf(await answer)
    })
  })
}

const connect = async (running: RunningHaproxy, frontend: 'shard1' | 'shard2'): Promise<net.Socket> => {
  const endpoint = okOf(running.wire.resolve(running.data(frontend)))
  if ('ssh' in endpoint) throw new Error('the data path of a proxy is reached without ssh')
  const socket = net.connect(endpoint)
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })
  return socket
}
