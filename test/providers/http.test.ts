import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { fail } from '../../src/domain/result.js'
import type { HttpRequest } from '../../src/providers/contract.js'
import { createProviders } from '../../src/providers/providers.js'
import type { Outside } from '../../src/providers/wire.js'
import { fastClock } from './clock.js'
import { failureOf, okOf, testWire } from './wire.js'

type Seen = {
  readonly method?: string
  readonly url?: string
  readonly headers: http.IncomingHttpHeaders
  readonly body: string
}
type Served = { readonly url: string; readonly seen: Seen[] }

const urlOf = (server: net.Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`

const listening = async (server: net.Server): Promise<string> => {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    if (server instanceof http.Server) server.closeAllConnections()
    server.close()
  })
  return urlOf(server)
}

const serving = async (reply: (response: http.ServerResponse) => void): Promise<Served> => {
  const seen: Seen[] = []
  const server = http.createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body })
    reply(response)
  })
  return { url: await listening(server), seen }
}

const wireOf = (more: Partial<Outside> = {}, speed = 0.001) => ({
  ...testWire({ clock: fastClock(speed) }),
  outside: { env: {}, redact: (text: string) => text, ...more },
})

const send = (request: Partial<HttpRequest> & { url: string }, wire = wireOf()) =>
  createProviders(wire).http.send({ method: 'POST', headers: {}, timeout: 10_000, ...request })

const SENT = [{ endpoint: 'http', operation: 'POST', mutating: true }]

describe('a request', () => {
  it('arrives as it was put, and brings back what was said', async () => {
    const { url, seen } = await serving(response => response.writeHead(201).end('made'))
    const wire = wireOf()
    const answer = await send({ url, headers: { authorization: 'Bearer abc' }, body: '{"é":1}' }, wire)
    expect(okOf(answer)).toEqual({ status: 201, body: 'made' })
    expect(seen).toEqual([
      {
        method: 'POST',
        url: '/hook',
        headers: expect.objectContaining({ authorization: 'Bearer abc', 'content-length': '8' }),
        body: '{"é":1}',
      },
    ])
    expect(wire.sent).toEqual(SENT)
  })

  it.each([204, 302, 404, 500])(
    'that is answered %d has an answer: no status is a failure, none is followed',
    async status => {
      const { url, seen } = await serving(response =>
        response.writeHead(status, { location: '/elsewhere' }).end(),
      )
      expect(okOf(await send({ url, method: 'DELETE' }))).toEqual({ status, body: '' })
      expect(seen).toHaveLength(1)
    },
  )

  it('that nobody takes was not sent', async () => {
    const server = net.createServer()
    const url = await listening(server)
    await new Promise(resolve => server.close(resolve))
    const wire = wireOf()
    expect(failureOf(await send({ url }, wire))).toMatchObject({
      code: 'target.refused',
      message: expect.stringContaining('ECONNREFUSED'),
    })
    expect(wire.sent).toEqual([])
  })

  it('to a server that does not speak TLS was not sent', async () => {
    const url = await listening(net.createServer(socket => socket.on('error', () => {}).end('no\n')))
    const wire = wireOf()
    expect(failureOf(await send({ url: url.replace('http:', 'https:') }, wire)).code).toBe('target.refused')
    expect(wire.sent).toEqual([])
  })

  it('whose connection is cut without an answer is in doubt', async () => {
    const url = await listening(
      net.createServer(socket => socket.on('error', () => {}).once('data', () => socket.destroy())),
    )
    const wire = wireOf()
    expect(failureOf(await send({ url }, wire)).code).toBe('target.protocol')
    expect(wire.sent).toEqual(SENT)
  })

  it('that is not answered in time is in doubt', async () => {
    const url = await listening(net.createServer(socket => socket.on('error', () => {})))
    const wire = wireOf({}, 100)
    expect(failureOf(await send({ url }, wire))).toMatchObject({
      code: 'target.timeout',
      message: expect.stringContaining('within 10s'),
    })
    expect(wire.sent).toEqual(SENT)
    expect(wire.clock.open()).toBe(0)
  })

  it('whose answer breaks off has been answered: the status counts', async () => {
    const half = 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf'
    const url = await listening(
      net.createServer(socket => socket.on('error', () => {}).once('data', () => socket.end(half))),
    )
    expect(okOf(await send({ url }))).toEqual({ status: 200, body: 'half' })
  })

  it('keeps the beginning of a long answer, says that it is cut, and leaves no half of a secret there', async () => {
    const secret = 'canary-canary-canary'
    const { url } = await serving(response =>
      response.end(`${'x'.repeat(65_530)}${secret}${'y'.repeat(100_000)}`),
    )
    const redact = (text: string): string => text.replaceAll(secret, '*')
    const { body } = okOf(await send({ url }, wireOf({ redact })))
    expect(/^x{60000,65530}\n\(cut: this is the beginning of 165550 bytes\)$/.test(body)).toBe(true)
  })

  it('with what cannot stand in a header is not sent, and the header is not shown', async () => {
    const { url, seen } = await serving(response => response.end())
    const failure = failureOf(await send({ url, headers: { authorization: 'canary\nx' } }))
    expect(failure.code).toBe('http.failed')
    expect(JSON.stringify(failure)).not.toContain('canary')
    expect(seen).toEqual([])
  })

  it('that is not admitted is not sent', async () => {
    const { url, seen } = await serving(response => response.end())
    const wire = { ...wireOf(), admit: () => fail('bug', 'effects are withheld.', 'report this') }
    expect(failureOf(await send({ url }, wire)).code).toBe('bug')
    expect([wire.sent, seen]).toEqual([[], []])
  })

  it('is not sent in a drill', async () => {
    const { url, seen } = await serving(response => response.end())
    const { http } = createProviders(testWire())
    expect(failureOf(await http.send({ method: 'POST', url, headers: {}, timeout: 1 })).code).toBe(
      'drill.escape',
    )
    expect(seen).toEqual([])
  })
})
