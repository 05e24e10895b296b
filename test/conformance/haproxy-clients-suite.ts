import net from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Haproxy } from '../../src/providers/contract.js'
import type { ClientSession } from '../../src/providers/haproxy/clients-contract.js'
import { haproxy } from '../../src/providers/haproxy/haproxy.js'
import { prefix } from '../providers/prefixes.js'
import { failureOf, okOf } from '../providers/wire.js'
import type { RunningHaproxy } from './haproxy-suite.js'
import type { Service } from './service.js'

/** What stands in the list's file before anybody comes, and the stick table that the frontends keep. */
export const LISTED_BY_HAND = '198.18.0.0/15'
export const TABLE = 'clients'

const BY_HAND = { pattern: LISTED_BY_HAND, prefix: LISTED_BY_HAND }

export const haproxyClientsSuite = (service: Service<RunningHaproxy>): void => {
  let running: RunningHaproxy
  let proxy: Haproxy
  let list: string
  beforeAll(async () => {
    running = await service.start()
    proxy = haproxy(running.admin, running.wire)
    list = running.denyList
  })
  afterAll(() => running?.stop())

  const clients: net.Socket[] = []
  afterEach(() => {
    for (const client of clients.splice(0)) client.destroy()
  })
  /** Needs Linux, where all of 127.0.0.0/8 is this machine. */
  const connectFrom = async (localAddress: string, frontend: 'shard1' | 'shard2' = 'shard1') => {
    const client = await connect(running, frontend, localAddress)
    clients.push(client)
    return client
  }

  const patterns = async (): Promise<string[]> => okOf(await proxy.listed(list)).map(({ pattern }) => pattern)

  describe('the list of denied addresses', () => {
    it('begins with what its file says', async () => {
      expect(okOf(await proxy.listed(list))).toEqual([BY_HAND])
    })

    it.each(['203.0.113.0/24', '203.0.113.7/32', '2001:db8:77::/48', '2001:db8:77::5/128'])(
      'takes %s once, gives it back, and keeps what others have put there',
      async written => {
        expect(okOf(await proxy.deny(list, prefix(written)))).toBe('added')
        expect(okOf(await proxy.deny(list, prefix(written)))).toBe('already')
        expect(okOf(await proxy.listed(list))).toEqual([BY_HAND, { pattern: written, prefix: written }])
        expect(okOf(await proxy.allow(list, prefix(written)))).toBe('removed')
        expect(okOf(await proxy.allow(list, prefix(written)))).toBe('absent')
        expect(await patterns()).toEqual([LISTED_BY_HAND])
      },
    )

    it('says which entry an address falls under: the narrowest', async () => {
      expect(okOf(await proxy.matches(list, '198.19.255.255'))).toEqual(BY_HAND)
      expect(okOf(await proxy.matches(list, '203.0.113.7'))).toBeNull()
      for (const written of ['203.0.113.0/24', '203.0.113.0/28', '2001:db8:77::/48'])
        okOf(await proxy.deny(list, prefix(written)))
      const under = async (address: string) => okOf(await proxy.matches(list, address))?.prefix
      expect(await under('203.0.113.7')).toBe('203.0.113.0/28')
      expect(await under('203.0.113.16')).toBe('203.0.113.0/24')
      expect(await under('203.0.114.0')).toBeUndefined()
      expect(await under('2001:db8:77:ffff::1')).toBe('2001:db8:77::/48')
      expect(await under('2001:db8:78::1')).toBeUndefined()
      for (const written of ['203.0.113.0/24', '203.0.113.0/28', '2001:db8:77::/48'])
        expect(okOf(await proxy.allow(list, prefix(written)))).toBe('removed')
    })

    it('gives back one of two that overlap, and keeps the other', async () => {
      okOf(await proxy.deny(list, prefix('203.0.113.0/24')))
      expect(okOf(await proxy.deny(list, prefix('203.0.113.7/32')))).toBe('added')
      expect(okOf(await proxy.allow(list, prefix('203.0.113.0/24')))).toBe('removed')
      expect(await patterns()).toEqual([LISTED_BY_HAND, '203.0.113.7/32'])
      okOf(await proxy.allow(list, prefix('203.0.113.7/32')))
    })

    it.each(['198.51.100.77/24', '::FFFF:198.51.100.0/120'])(
      'takes what somebody else has written as %s for what it is, and never deletes it',
      async foreign => {
        await say(running, `add acl ${list} ${foreign}`)
        expect(okOf(await proxy.listed(list))).toEqual([
          BY_HAND,
          { pattern: foreign, prefix: '198.51.100.0/24' },
        ])
        expect(okOf(await proxy.deny(list, prefix('198.51.100.0/24')))).toBe('already')
        expect(okOf(await proxy.allow(list, prefix('198.51.100.0/24')))).toBe('absent')
        expect(await patterns()).toEqual([LISTED_BY_HAND, foreign])
        await say(running, `del acl ${list} ${foreign}`)
      },
    )

    it('shows an entry that somebody else has put there twice two times, and adds no third', async () => {
      await say(running, `add acl ${list} 198.51.100.0/24`)
      await say(running, `add acl ${list} 198.51.100.0/24`)
      expect(okOf(await proxy.deny(list, prefix('198.51.100.0/24')))).toBe('already')
      expect(await patterns()).toEqual([LISTED_BY_HAND, '198.51.100.0/24', '198.51.100.0/24'])
      await say(running, `del acl ${list} 198.51.100.0/24`)
      expect(await patterns()).toEqual([LISTED_BY_HAND])
    })

    it('that HAProxy does not know is a failure with the line to add', async () => {
      const unknown = '/etc/haproxy/other.lst'
      for (const result of [
        await proxy.listed(unknown),
        await proxy.matches(unknown, '203.0.113.7'),
        await proxy.deny(unknown, prefix('203.0.113.0/24')),
        await proxy.allow(unknown, prefix('203.0.113.0/24')),
      ]) {
        const failed = failureOf(result)
        expect(failed.code).toBe('target.rejected')
        expect(failed.next).toContain(`tcp-request connection reject if { src -f ${unknown} }`)
      }
    })

    it('cuts the next connection of a denied source, and no live one', async () => {
      if (!running.countsOurs) return // nobody can connect to a drill from another address
      const live = await connectFrom('127.0.0.5')
      expect(await answers(live)).toBe(true)
      okOf(await proxy.deny(list, prefix('127.0.0.4/31')))
      expect(await answers(await connectFrom('127.0.0.5'))).toBe(false)
      expect(await answers(await connectFrom('127.0.0.5', 'shard2'))).toBe(false)
      expect(await answers(await connectFrom('127.0.0.6'))).toBe(true)
      expect(await answers(live)).toBe(true)
      okOf(await proxy.allow(list, prefix('127.0.0.4/31')))
      expect(await answers(await connectFrom('127.0.0.5'))).toBe(true)
    })
  })

  /** Those of a client of ours; or in a drill, where others are there, its first ones. */
  const someSessions = async (count: number): Promise<ClientSession[]> => {
    const all = okOf(await proxy.sessions())
    return all.filter(({ address }) => !running.countsOurs || address === '127.0.0.9').slice(0, count)
  }
  const ids = async (): Promise<string[]> => okOf(await proxy.sessions()).map(({ id }) => id)

  describe('sessions', () => {
    it('are those of clients, with their source and their frontend, and never our own', async () => {
      if (running.countsOurs) {
        const client = await connectFrom('127.0.0.9', 'shard2')
        await expect.poll(() => someSessions(2)).toHaveLength(1)
        const [session] = await someSessions(1)
        expect(session).toMatchObject({ address: '127.0.0.9', port: client.localPort, frontend: 'shard2' })
        expect(session?.age).toBeGreaterThanOrEqual(0)
      }
      const frontends = new Set(okOf(await proxy.sessions()).map(({ frontend }) => frontend))
      expect(frontends).not.toContain('GLOBAL')
      expect(frontends).toContain('shard2')
    })

    it('are ended one at a time: that one, and no other', async () => {
      const ours = running.countsOurs ? [await connectFrom('127.0.0.9'), await connectFrom('127.0.0.9')] : []
      await expect.poll(() => someSessions(2)).toHaveLength(2)
      const [first, second] = (await someSessions(2)) as [ClientSession, ClientSession] // two, as was polled for
      expect(okOf(await proxy.shutSession(first))).toBe('shut')
      await expect.poll(ids).not.toContain(first.id)
      expect(await ids()).toContain(second.id)
      for (const client of ours) expect(await answers(client)).toBe(client.localPort === second.port)
      expect(okOf(await proxy.shutSession(first))).toBe('gone')
      expect(await ids()).toContain(second.id)
    })

    it('are ended only if they are still those of the same client', async () => {
      const ours = running.countsOurs ? await connectFrom('127.0.0.9') : undefined
      await expect.poll(() => someSessions(1)).toHaveLength(1)
      const [session] = (await someSessions(1)) as [ClientSession] // one, as was polled for
      for (const other of [
        { ...session, port: session.port + 1 },
        { ...session, address: '192.0.2.200' },
        { ...session, frontend: 'shard9' },
      ])
        expect(okOf(await proxy.shutSession(other))).toBe('gone')
      expect(await ids()).toContain(session.id)
      if (ours) expect(await answers(ours)).toBe(true)
    })
  })

  describe('a stick table', () => {
    it('counts the connections of each client', async () => {
      if (running.countsOurs) for (const _ of [1, 2]) await connectFrom('127.0.0.9')
      await expect.poll(() => someSessions(2)).toHaveLength(2)
      const [session] = (await someSessions(1)) as [ClientSession] // one of two
      const table = okOf(await proxy.table(TABLE))
      const client = table.clients.find(({ address }) => address === session.address)
      expect(Object.keys(client?.counters ?? {}).toSorted()).toEqual(['conn_cur', 'conn_rate'])
      if (running.countsOurs) expect(client?.counters.conn_cur).toBe(2)
      else expect(client?.counters.conn_cur).toBeGreaterThan(0)
      expect(table.periods).toEqual({ conn_rate: 10_000 })
    })

    it('that is missing is a failure with the lines to add', async () => {
      const failed = failureOf(await proxy.table('nobody'))
      expect(failed.code).toBe('target.rejected')
      expect(failed.next).toContain('tcp-request connection track-sc0 src table nobody')
      expect(failed.next).toContain('stick-table type ipv6')
    })
  })
}

const connect = async (
  running: RunningHaproxy,
  frontend: 'shard1' | 'shard2',
  localAddress: string,
): Promise<net.Socket> => {
  const endpoint = okOf(running.wire.resolve(running.data(frontend)))
  if ('ssh' in endpoint) throw new Error('the data path of a proxy is reached without ssh')
  const socket = net.connect({ ...endpoint, localAddress })
  socket.on('error', () => undefined) // who is cut off may see a reset
  await new Promise<void>(resolve => {
    socket.once('connect', () => resolve())
    socket.once('close', () => resolve())
  })
  return socket
}

/** Whether the shard behind the proxy can be heard: it answers everything; or the connection is closed. */
const answers = (socket: net.Socket): Promise<boolean> =>
  new Promise(resolve => {
    if (socket.destroyed || socket.readableEnded) return resolve(false)
    socket.once('data', () => resolve(true))
    socket.once('end', () => resolve(false))
    socket.once('close', () => resolve(false))
    socket.write('version\r\n')
  })

/** What somebody else types at the same runtime API: one command, past our own client of it. */
const say = async ({ admin, wire }: RunningHaproxy, command: string): Promise<void> => {
  const found = okOf(wire.resolve(admin))
  const door = 'ssh' in found ? okOf((await wire.tunnel?.(found)) ?? expect.fail('there is no tunnel')) : found
  const talk = new Promise<string>((resolve, reject) => {
    let said = ''
    const socket = net.connect(door, () => socket.write(`${command}\n`))
    socket.on('data', chunk => {
      said += chunk
    })
    socket.once('error', reject)
    socket.once('close', () => resolve(said))
  })
  expect(await wire.clock.io(talk)).toBe('\n')
}
