import { afterEach, describe, expect, it } from 'vitest'
import { haproxy } from '../../src/providers/haproxy/haproxy.js'
import type { TestServer } from './servers.js'
import { tcpServer } from './servers.js'
import { failureOf, testWire } from './wire.js'

let server: TestServer | undefined
afterEach(() => server?.close())

const answering = async (reply: string) => {
  server = await tcpServer(socket => socket.once('data', () => socket.end(reply)))
  const wire = testWire()
  return { proxy: haproxy(`tcp://127.0.0.1:${server.port}`, wire), wire }
}

describe('the HAProxy runtime API', () => {
  it.each(['\n', 'All sockets are already disabled.\n\n'])(
    'takes an empty line for success, and a state that is so already: %j',
    async reply => {
      const { proxy } = await answering(reply)
      expect(await proxy.disableFrontend('shard1')).toEqual({ ok: true, value: null })
    },
  )

  it.each([
    ['No such frontend.\n\n', 'target.rejected', 'No such frontend.'],
    ['Permission denied\n\n', 'target.rejected', 'Permission denied'],
    ['Already disabled, \u001b[2J and more\n\n', 'target.rejected', 'Already disabled, [2J and more'],
    ['', 'target.protocol', 'without an answer'],
    ['\n\n', 'target.protocol', 'without an answer'],
    ['HTTP/1.1 400 Bad Request\r\n\r\n', 'target.protocol', 'HTTP/1.1 400'],
  ])('answering a change with %j is a failure', async (reply, code, text) => {
    const { proxy } = await answering(reply)
    const failed = failureOf(await proxy.enableFrontend('shard1'))
    expect(failed.code).toBe(code)
    expect(failed.message).toContain(text)
  })

  it('says which level the socket needs', async () => {
    const { proxy } = await answering('Permission denied\n\n')
    expect(failureOf(await proxy.disableFrontend('shard1')).next).toContain('level admin')
  })

  it.each(['', 'a b', 'a;shutdown', 'a\nshutdown', 'a"b', 'ü'])('is never sent the name %j', async name => {
    const { proxy, wire } = await answering('\n')
    expect(failureOf(await proxy.disableFrontend(name)).code).toBe('input.invalid')
    expect(wire.sent).toEqual([])
  })

  it.each([
    ['Unknown command: show\n\n', 'target.rejected'],
    ['# pxname,svname\n\n', 'target.protocol'],
    ['# pxname,svname,scur,slim,status,type,rate,\nfe,FRONTEND,1,', 'target.protocol'],
    ['\u0000\u0001garbage', 'target.protocol'],
    ['', 'target.protocol'],
  ])('answering `show stat` with %j is a failure', async (reply, code) => {
    const { proxy } = await answering(reply)
    expect(failureOf(await proxy.stat()).code).toBe(code)
  })

  it('is recorded when it was reached, and only then', async () => {
    const { proxy, wire } = await answering('\n')
    await proxy.disableFrontend('shard1')
    await proxy.stat()
    await haproxy('tcp://127.0.0.1:1', wire).stat()
    await haproxy('ssh://10.0.0.1/run/admin.sock', wire).stat()
    expect(wire.sent).toEqual([
      { endpoint: 'haproxy', operation: 'disable frontend', mutating: true },
      { endpoint: 'haproxy', operation: 'show stat', mutating: false },
    ])
  })
})
