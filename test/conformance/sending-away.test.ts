// The ops by which an old proxy sends its clients away, on a real HAProxy and on the drill's.

import net from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Hands } from '../../src/actions/contract.js'
import { awaitDrained } from '../../src/actions/proxy-life/await-drained.js'
import { shutSessions } from '../../src/actions/proxy-life/shut-sessions.js'
import { disableFrontend, enableFrontend } from '../../src/actions/proxy-life/turn-frontend.js'
import { createProviders } from '../../src/providers/providers.js'
import { handsOn, newCloud } from '../actions/cloud.js'
import { okOf } from '../providers/wire.js'
import { startDrillHaproxy } from './drilled.js'
import type { RunningHaproxy } from './haproxy-suite.js'
import { startHaproxy } from './real-haproxy.js'
import { eachService, type Service } from './service.js'

const CLUSTER = 'us-east-c1'
const FRONTENDS = ['shard1', 'shard2'] as const

const handsAt = ({ wire }: RunningHaproxy): Hands => ({
  ...handsOn(newCloud()), // a fleet whose proxies have these two frontends
  clock: wire.clock,
  providers: createProviders(wire),
})

const suite = (service: Service<RunningHaproxy>): void => {
  let running: RunningHaproxy
  let hands: Hands
  const clients: net.Socket[] = []
  beforeAll(async () => {
    running = await service.start()
    hands = handsAt(running)
    if (running.countsOurs) for (const name of FRONTENDS) clients.push(await connect(running, name))
  })
  afterAll(async () => {
    for (const client of clients) client.destroy()
    await running?.stop()
  })

  const held = () => ({ cluster: CLUSTER, proxy: 'i-1', admin: running.admin })
  const turn = async (op: typeof disableFrontend) => {
    for (const frontend of FRONTENDS) okOf(await op.effect({ ...held(), frontend }, '', hands))
  }
  const shut = () => ({ ...held(), servers: ['shard1/s1', 'shard2/s1'] })
  const left = async () => okOf(await awaitDrained.effect({ ...held(), within: 0 }, '', hands))

  describe('clients of a proxy that accepts no more', () => {
    it('stay, and are counted over all of its frontends', async () => {
      await turn(disableFrontend)
      const { sessions } = (await left()) as { readonly sessions: number } // the op's own result
      if (running.countsOurs) expect(sessions).toBe(FRONTENDS.length)
      else expect(sessions).toBeGreaterThan(0)
      expect(clients.some(client => client.destroyed)).toBe(false)
    })

    it('are not known to be gone as long as they are there', async () => {
      expect(await shutSessions.probe(shut(), '', hands)).toMatchObject({ state: 'not-done' })
    })

    it('are gone once their sessions are shut, which is seen and not supposed', async () => {
      const ended = Promise.all(clients.map(client => new Promise(resolve => client.once('close', resolve))))
      expect(okOf(await shutSessions.effect(shut(), '', hands))).toMatchObject({ sessions: 0 })
      await ended
      expect(await left()).toMatchObject({ sessions: 0 })
      expect(await shutSessions.probe(shut(), '', hands)).toMatchObject({ state: 'done' })
    })

    it('may be shut once more, where there are none', async () => {
      okOf(await shutSessions.effect(shut(), '', hands))
    })

    it('can come again when it accepts again', async () => {
      await turn(enableFrontend)
      okOf(await createProviders(running.wire).memcached(running.data('shard1')).version())
    })
  })
}

const connect = async (running: RunningHaproxy, frontend: (typeof FRONTENDS)[number]): Promise<net.Socket> => {
  const [, host, port] = /^tcp:\/\/(.+):(\d+)$/.exec(running.data(frontend)) ?? []
  const client = net.connect({ host: host ?? '', port: Number(port) })
  client.on('error', () => undefined)
  client.write('version\r\n')
  await new Promise((resolve, reject) => client.once('data', resolve).once('error', reject)) // through to the server
  return client
}

eachService(
  'sending clients away',
  [
    { name: 'HAProxy', binary: 'haproxy', start: startHaproxy('tcp') },
    { name: 'the drill', start: startDrillHaproxy('tcp://{private_ip}:9999') },
  ],
  suite,
)
