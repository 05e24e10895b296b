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

/** The columns that matter, in an order that HAProxy does not have: they are found by their names. */
const STATE = 'be_name srv_name srv_op_state srv_admin_state srv_uweight srv_iweight'

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

  it('is never sent a name of two commands in a server or a backend', async () => {
    const { proxy, wire } = await answering('\n')
    for (const [backend, server] of [
      ['shard1', 's1;disable frontend shard1'],
      ['shard1\nshutdown', 's1'],
      ['shard1/s1', 's1'],
      ['', 's1'],
    ] as const) {
      expect(failureOf(await proxy.setWeight(backend, server, 1)).code).toBe('input.invalid')
      expect(failureOf(await proxy.shutdownSessions(backend, server)).code).toBe('input.invalid')
    }
    expect(wire.sent).toEqual([])
  })

  it.each([-1, 257, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('is never sent the weight %s', async weight => {
    const { proxy, wire } = await answering('\n')
    expect(failureOf(await proxy.setWeight('shard1', 's1', weight)).code).toBe('input.invalid')
    expect(wire.sent).toEqual([])
  })

  it.each([-1, 2 ** 31, 0.5, Number.NaN])('is never sent the connection rate %s', async limit => {
    const { proxy, wire } = await answering('\n')
    expect(failureOf(await proxy.setConnRateLimit(limit)).code).toBe('input.invalid')
    expect(wire.sent).toEqual([])
  })

  it('says which weights a static algorithm takes', async () => {
    const { proxy } = await answering(
      "Backend is using a static LB algorithm and only accepts weights '0%' and '100%'.\n\n",
    )
    expect(failureOf(await proxy.setWeight('shard1', 's1', 3)).next).toContain('0 or the initial weight')
  })

  it.each([
    ["Can't find backend.\n\n", 'target.rejected', "Can't find"],
    ['2\n# be_name\n\n', 'target.protocol', 'version 2'],
    ['1\n# be_id be_name\n\n', 'target.protocol', 'no column srv_name'],
    [`1\n# ${STATE}\nshard1 s1 2 0 1 1`, 'target.protocol', 'cut off'],
    [`1\n# ${STATE}\nshard1 s1 2 0 1 1\nshard1 s2 2 0 1\n\n`, 'target.protocol', 'row 2'],
    [`1\n# ${STATE}\nshard1 s1 2 0 x 1\n\n`, 'target.protocol', 'row 1'],
  ])('answering `show servers state` with %j is a failure', async (reply, code, text) => {
    const { proxy } = await answering(reply)
    expect(failureOf(await proxy.servers())).toMatchObject({
      code,
      message: expect.stringContaining(text),
    })
  })

  it.each([
    ['0 0', false],
    ['1 0', true],
    ['2 0', true],
    ['3 0', false],
    ['2 1', false],
    ['2 8', false],
  ])('knows by its states %s whether a server gets new connections: %s', async (states, up) => {
    const { proxy } = await answering(`1\n# ${STATE}\nshard1 s1 ${states} 5 10\n\n`)
    expect(await proxy.servers()).toEqual({
      ok: true,
      value: [{ backend: 'shard1', server: 's1', weight: 5, initialWeight: 10, up }],
    })
  })

  it.each([
    ['Name: HAProxy\nPid: 1\n\n', 'ConnRateLimit'],
    ['Name: HAProxy\nPid: 1\n', 'cut off'],
  ])('answering `show info` with %j is a failure', async (reply, text) => {
    const { proxy } = await answering(reply)
    expect(failureOf(await proxy.info())).toMatchObject({
      code: 'target.protocol',
      message: expect.stringContaining(text),
    })
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
