import { afterEach, describe, expect, it } from 'vitest'
import { memcached } from '../../src/providers/memcached/memcached.js'
import { fastClock } from './clock.js'
import type { TestServer } from './servers.js'
import { tcpServer } from './servers.js'
import { failureOf, okOf, testWire } from './wire.js'

let server: TestServer | undefined
afterEach(() => server?.close())

const answering = async (reply: string, then: 'stay' | 'close' = 'stay', speed = 1) => {
  server = await tcpServer(socket =>
    socket.once('data', () => (then === 'close' ? socket.end(reply) : socket.write(reply))),
  )
  return memcached(`tcp://127.0.0.1:${server.port}`, testWire({ clock: fastClock(speed) }))
}

describe('memcached', () => {
  it('says its version', async () => {
    const shard = await answering('VERSION 1.6.18\r\n')
    expect(okOf(await shard.version())).toBe('1.6.18')
  })

  it('says its stats, also those without a value or with spaces in it', async () => {
    const shard = await answering(
      'STAT pid 1\r\nSTAT libevent 2.1 stable\r\nSTAT empty \r\nSTAT __proto__ 1\r\nEND\r\n',
    )
    const stats = okOf(await shard.stats())
    expect(Object.entries(stats)).toEqual([
      ['pid', '1'],
      ['libevent', '2.1 stable'],
      ['empty', ''],
      ['__proto__', '1'],
    ])
  })

  it.each([
    ['ERROR\r\n', 'stay', 'target.rejected'],
    ['SERVER_ERROR out of memory\r\n', 'stay', 'target.rejected'],
    ['HTTP/1.1 400\r\n', 'stay', 'target.protocol'],
    ['VERSION ', 'stay', 'target.timeout'],
    ['VERSION', 'close', 'target.protocol'],
    ['', 'close', 'target.protocol'],
  ] as const)('answering `version` with %j (then: %s) is %s', async (reply, then, code) => {
    const shard = await answering(reply, then, speedFor(code))
    expect(failureOf(await shard.version()).code).toBe(code)
  })

  it.each([
    ['STAT pid 1\r\nSERVER_ERROR oh\r\n', 'target.protocol'],
    ['SERVER_ERROR oh\r\n', 'target.rejected'],
    ['pid 1\r\nEND\r\n', 'target.protocol'],
    ['STAT pid 1\r\n', 'target.timeout'],
  ])('answering `stats` with %j is %s', async (reply, code) => {
    const shard = await answering(reply, 'stay', speedFor(code))
    expect(failureOf(await shard.stats()).code).toBe(code)
  })

  // What says no was not done; after anything else nobody knows.
  it.each([
    ['CLIENT_ERROR flush_all not allowed\r\n', 'stay', 'target.rejected'],
    ['ERROR\r\n', 'stay', 'target.rejected'],
    ['SERVER_ERROR timed out behind the proxy\r\n', 'stay', 'target.protocol'],
    ['OKAY\r\n', 'stay', 'target.protocol'],
    ['OK', 'close', 'target.protocol'],
    ['', 'close', 'target.protocol'],
    ['OK', 'stay', 'target.timeout'],
  ] as const)('answering `flush_all` with %j (then: %s) is %s', async (reply, then, code) => {
    const shard = await answering(reply, then, speedFor(code))
    expect(failureOf(await shard.flushAll()).code).toBe(code)
  })

  it('is flushed by the plain command, and nothing is sent with it', async () => {
    let said = ''
    server = await tcpServer(socket =>
      socket.on('data', chunk => {
        said += chunk
        socket.write('OK\r\n')
      }),
    )
    expect((await memcached(`tcp://127.0.0.1:${server.port}`, testWire()).flushAll()).ok).toBe(true)
    expect(said).toBe('flush_all\r\n')
  })
})

/** Only where nothing comes is time let run. */
const speedFor = (code: string): number => (code === 'target.timeout' ? 20 : 1)
