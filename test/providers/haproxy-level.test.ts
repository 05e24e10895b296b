import { describe, expect, it } from 'vitest'
import { haproxy } from '../../src/providers/haproxy/haproxy.js'
import { tcpServer } from './servers.js'
import { failureOf, okOf, testWire } from './wire.js'

const askedOf = async (answer: string) => {
  const server = await tcpServer(socket => socket.once('data', () => socket.end(answer)))
  const wire = testWire()
  const level = await haproxy(`tcp://127.0.0.1:${server.port}`, wire).level()
  await server.close()
  return { level, sent: wire.sent }
}

describe('the level of a stats socket', () => {
  it.each(['user', 'operator', 'admin'])('may be %s', async level => {
    expect(okOf((await askedOf(`${level}\n\n`)).level)).toBe(level)
  })

  it('is asked for by a command that changes nothing', async () => {
    const { sent } = await askedOf('admin\n\n')
    expect(sent).toEqual([{ endpoint: 'haproxy', operation: 'show cli level', mutating: false }])
  })

  it.each(['', '\n', 'administrator\n\n', 'HTTP/1.1 400 Bad Request\r\n'])(
    'is not known from %j',
    async text => {
      expect(failureOf((await askedOf(text)).level).code).toMatch(/^target\.(?:protocol|rejected)$/)
    },
  )
})
