import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { Exchange } from '../../src/providers/transport.js'
import { exchange } from '../../src/providers/transport.js'
import { fastClock, type TestClock } from './clock.js'
import type { TestServer } from './servers.js'
import { tcpServer } from './servers.js'
import { failureOf } from './wire.js'

let server: TestServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

const talk = async (
  handle: (socket: Socket) => void,
  options: Partial<Omit<Exchange, 'clock'>> & { clock?: TestClock } = {},
) => {
  server = await tcpServer(handle)
  const clock = options.clock ?? fastClock()
  let sent = 0
  const result = await exchange({
    url: 'tcp://proxy-1:9999',
    door: { host: '127.0.0.1', port: server.port },
    clock,
    request: 'hello\n',
    deadline: 300,
    maxReply: 1_000,
    onSent: () => {
      sent += 1
    },
    ...options,
  })
  return { result, sent, clock }
}

describe('an exchange', () => {
  it('returns what came before the server closed', async () => {
    const { result, sent } = await talk(socket => socket.on('data', data => socket.end(`you said ${data}`)))
    expect(result).toEqual({ ok: true, value: 'you said hello\n' })
    expect(sent).toBe(1)
  })

  it('ends with the mark of a whole reply, though the server stays connected', async () => {
    const { result } = await talk(socket => socket.write('one\r\nEND\r\n'), { until: /END\r\n$/ })
    expect(result).toEqual({ ok: true, value: 'one\r\nEND\r\n' })
  })

  it('puts together a reply that comes byte by byte, with letters cut in two', async () => {
    const { result } = await talk(socket => trickle(socket, Buffer.from('ü-é-END\r\n')), { until: /END\r\n$/ })
    expect(result).toEqual({ ok: true, value: 'ü-é-END\r\n' })
  })

  it.each<[string, (socket: Socket) => void, string, Partial<Omit<Exchange, 'clock'>>]>([
    ['stalls', () => undefined, 'target.timeout', {}],
    ['stalls in mid-reply', socket => socket.write('half'), 'target.timeout', { until: /END$/ }],
    ['trickles without end', socket => drip(socket), 'target.timeout', { until: /END$/ }],
    ['closes at once', socket => socket.end(), 'target.protocol', { until: /END$/ }],
    ['cuts its reply', socket => socket.end('half'), 'target.protocol', { until: /END$/ }],
    ['resets', socket => socket.resetAndDestroy(), 'target.protocol', {}],
    ['sends too much', socket => socket.end(Buffer.alloc(5_000)), 'target.protocol', {}],
    ['never stops sending', socket => flood(socket), 'target.protocol', {}],
  ])('with a server that %s is a failure that names the target, and leaves nothing open', async (...row) => {
    const [, handle, code, options] = row
    const { result, clock } = await talk(handle, options)
    const { code: actual, message } = failureOf(result)
    expect(actual).toBe(code)
    expect(message).toContain('tcp://proxy-1:9999')
    expect(clock.open()).toBe(0)
    await expect.poll(() => server?.open()).toBe(0)
  })

  it('never says that a request was sent where nothing listens', async () => {
    const closed = await tcpServer(() => undefined)
    await closed.close()
    const { result, sent } = await talk(() => undefined, { door: { host: '127.0.0.1', port: closed.port } })
    expect(failureOf(result)).toMatchObject({ code: 'target.refused' })
    expect(failureOf(result).message).toContain('ECONNREFUSED')
    expect(sent).toBe(0)
  })

  it('names a unix socket that does not exist, and one whose path is too long', async () => {
    const folder = path.join(tmpdir(), 'fb-is-not-there')
    const missing = await talk(() => undefined, { door: { path: path.join(folder, 'no.sock') } })
    expect(failureOf(missing.result).message).toContain('does not exist')
    const long = await talk(() => undefined, { door: { path: path.join(folder, 'x'.repeat(200)) } })
    expect(failureOf(long.result).code).toBe('target.refused')
  })

  it('takes its deadline from the injected clock', async () => {
    const { result, clock } = await talk(() => undefined, { clock: fastClock(100), deadline: 10_000 })
    expect(failureOf(result).message).toContain('within 10s')
    expect(clock.slept).toEqual([10_000])
    expect(clock.open()).toBe(0)
  })
})

const trickle = (socket: Socket, bytes: Buffer): void => {
  let at = 0
  const next = () => {
    if (at >= bytes.length) return
    socket.write(bytes.subarray(at, ++at), () => setTimeout(next, 1))
  }
  next()
}

const drip = (socket: Socket): void => {
  const timer = setInterval(() => socket.write('.'), 10)
  socket.on('close', () => clearInterval(timer))
}

const flood = (socket: Socket): void => {
  const more = () => {
    while (!socket.destroyed && socket.write(Buffer.alloc(64 * 1024)));
  }
  socket.on('drain', more)
  more()
}
