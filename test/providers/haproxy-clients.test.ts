import { afterEach, describe, expect, it } from 'vitest'
import { haproxy } from '../../src/providers/haproxy/haproxy.js'
import { prefix } from './prefixes.js'
import type { TestServer } from './servers.js'
import { tcpServer } from './servers.js'
import { failureOf, okOf, testWire } from './wire.js'

let server: TestServer | undefined
afterEach(() => server?.close())

/** Answers each command, one after the other, with the next of these; the last one again and again. */
const answering = async (...replies: readonly string[]) => {
  const asked: string[] = []
  server = await tcpServer(socket =>
    socket.once('data', chunk => {
      asked.push(chunk.toString().trim())
      socket.end(replies[Math.min(asked.length, replies.length) - 1] ?? '')
    }),
  )
  const wire = testWire()
  return { proxy: haproxy(`tcp://127.0.0.1:${server.port}`, wire), wire, asked }
}

const LIST = '/etc/haproxy/denied.lst'
const PREFIX = prefix('10.1.0.0/16')
const NO_MATCH = 'type=ip, case=sensitive, match=no\n\n'

describe('a list of addresses in HAProxy', () => {
  it('keeps what is no prefix that is known here, word for word', async () => {
    const { proxy } = await answering(
      '0x1 10.0.0.0/255.0.0.0\n0x2 a b \n0x3 10.1.2.3\n0x4 2001:DB8:1:0::/48\n\n',
    )
    expect(okOf(await proxy.listed(LIST))).toEqual([
      { pattern: '10.0.0.0/255.0.0.0' },
      { pattern: 'a b ' },
      { pattern: '10.1.2.3', prefix: '10.1.2.3/32' },
      { pattern: '2001:DB8:1:0::/48', prefix: '2001:db8:1::/48' },
    ])
  })

  it.each(['0x1 10.1.2.3\n', '0x1 10.1.2.3\nrubbish\n\n', '', 'HTTP/1.1 400\r\n\r\n'])(
    'that is shown as %j cannot be read',
    async reply => {
      const { proxy } = await answering(reply)
      expect(['target.protocol', 'target.rejected']).toContain(failureOf(await proxy.listed(LIST)).code)
    },
  )

  it('takes a prefix that was not there before, and is there after', async () => {
    const { proxy, asked, wire } = await answering(NO_MATCH, '\n', '\n', '0x1 10.1.0.0/16\n\n')
    expect(okOf(await proxy.deny(LIST, PREFIX))).toBe('added')
    expect(asked).toEqual([
      `get acl ${LIST} 10.1.0.0`,
      `show acl ${LIST}`,
      `add acl ${LIST} 10.1.0.0/16`,
      `show acl ${LIST}`,
    ])
    expect(wire.sent.filter(({ mutating }) => mutating)).toEqual([
      { endpoint: 'haproxy', operation: 'add acl', mutating: true },
    ])
  })

  it('that took a prefix and does not have it is a failure, and so is one that keeps what was deleted', async () => {
    const lost = await answering(NO_MATCH, '\n', '\n', '\n')
    expect(failureOf(await lost.proxy.deny(LIST, PREFIX)).message).toContain('not there')
    await server?.close()
    const kept = await answering('0x1 10.1.0.0/16\n\n', '\n', '0x1 10.1.0.0/16\n\n')
    expect(failureOf(await kept.proxy.allow(LIST, PREFIX)).message).toContain('still there')
  })

  it('is not changed when nobody can say what is in it, and that is no doubt', async () => {
    const { proxy, asked } = await answering(NO_MATCH, '0x1 cut off')
    const failed = failureOf(await proxy.deny(LIST, PREFIX))
    expect(failed.code).toBe('target.refused')
    expect(failed.message).toContain('Nothing was changed')
    expect(asked.filter(command => command.startsWith('add'))).toEqual([])
  })

  it('of which nobody saw whether it has changed leaves a doubt', async () => {
    const added = await answering(NO_MATCH, '\n', '\n', 'cut off')
    expect(failureOf(await added.proxy.deny(LIST, PREFIX))).toMatchObject({
      code: 'target.timeout',
      message: expect.stringContaining(`took \`add acl ${LIST} 10.1.0.0/16\`, and it was not seen done`),
    })
    await server?.close()
    const deleted = await answering('0x1 10.1.0.0/16\n\n', '\n', '')
    expect(failureOf(await deleted.proxy.allow(LIST, PREFIX)).code).toBe('target.timeout')
    await server?.close()
    const silent = await answering(NO_MATCH, '\n', '')
    expect(failureOf(await silent.proxy.deny(LIST, PREFIX)).code).toBe('target.protocol')
  })

  it('of something else than addresses is never added to', async () => {
    const { proxy, asked } = await answering('type=str, case=sensitive, match=no\n\n')
    const failed = failureOf(await proxy.deny(LIST, PREFIX))
    expect(failed.message).toContain('of type str')
    expect(failed.next).toContain('Name the list')
    expect(asked).toHaveLength(1)
  })

  it('from which somebody else has deleted it meanwhile is what was wanted', async () => {
    const { proxy } = await answering('0x1 10.1.0.0/16\n\n', 'Key not found.\n\n', '\n')
    expect(okOf(await proxy.allow(LIST, PREFIX))).toBe('removed')
  })

  it.each(['10.1.2', '10.1.2.0/24', 'fe80::1%eth0', '10.1.2.3;show info', ''])(
    'is never asked about the address %j',
    async address => {
      const { proxy, asked } = await answering(NO_MATCH)
      expect(failureOf(await proxy.matches(LIST, address)).code).toBe('input.invalid')
      expect(asked).toEqual([])
    },
  )

  it.each(['#0', '/a b', '/a;show info', '/a\nshow', ''])('is never asked for by the name %j', async list => {
    const { proxy, asked } = await answering('\n')
    for (const result of [
      await proxy.listed(list),
      await proxy.matches(list, '10.1.2.3'),
      await proxy.deny(list, PREFIX),
      await proxy.allow(list, PREFIX),
    ])
      expect(failureOf(result).code).toBe('input.invalid')
    expect(asked).toEqual([])
  })
})

const OWN = '0x9: proto=unix_stream src=unix:1 fe=GLOBAL be=<NONE> srv=<none> age=0s\n'

describe('`show sess`', () => {
  it('is read by the names of its fields, in any order', async () => {
    const { proxy } = await answering(
      `0x1: age=1d2h fe=shard1 be=shard1 src=::ffff:10.1.2.3:4711 proto=tcpv6\n0x2: proto=tcpv6 src=2001:db8::7:80 fe=shard2 age=?\n0x3: proto=unix_stream src=unix:2 fe=shard1\n0x4: proto=? age=1s\n${OWN}\n`,
    )
    expect(okOf(await proxy.sessions())).toEqual([
      { id: '0x1', address: '10.1.2.3', port: 4711, frontend: 'shard1', age: 93_600 },
      { id: '0x2', address: '2001:db8::7', port: 80, frontend: 'shard2' },
    ])
  })

  it.each([
    ['0s', 0],
    ['59s', 59],
    ['3m20s', 200],
    ['2h', 7_200],
    ['1d5m', 86_700],
  ])('takes the age %s for %s seconds', async (age, seconds) => {
    const { proxy } = await answering(`0x1: proto=tcpv4 src=10.1.2.3:1 fe=f age=${age} calls=1\n\n`)
    expect(okOf(await proxy.sessions())).toMatchObject([{ age: seconds }])
  })

  it.each([
    '0x1: src=10.1.2.3 fe=f age=1s\n\n',
    '0x1: src=10.1.2.3:1 age=1s\n\n',
    '0x1: src=10.1.2.3:1 fe=f\n',
  ])('that says %j cannot be read', async reply => {
    const { proxy } = await answering(reply)
    expect(failureOf(await proxy.sessions()).code).toBe('target.protocol')
  })

  const session = { id: '0x1', address: '10.1.2.3', port: 4711, frontend: 'shard1' }
  const place = (source: string, frontend: string) =>
    `0x1: [01/Jan/2026:00:00:00.0] id=4 proto=tcpv4 source=${source}\n  flags=0x4a\n  frontend=${frontend} (id=2 mode=tcp)\n\n`

  it.each([
    [place('10.1.2.3:4712', 'shard1')],
    [place('10.1.2.4:4711', 'shard1')],
    [place('10.1.2.3:4711', 'shard2')],
    [place('unix:1', 'GLOBAL')],
    ['Session not found.\n\n'],
  ])('knows that somebody else is there now, and ends nothing: %j', async reply => {
    const { proxy, asked } = await answering(reply)
    expect(okOf(await proxy.shutSession(session))).toBe('gone')
    expect(asked).toEqual(['show sess 0x1'])
  })

  it('is asked right before a session is ended, who may then be gone', async () => {
    const { proxy, asked } = await answering(
      place('10.1.2.3:4711', 'shard1'),
      "No such session (use 'show sess').\n\n",
    )
    expect(okOf(await proxy.shutSession(session))).toBe('shut')
    expect(asked).toEqual(['show sess 0x1', 'shutdown session 0x1'])
  })

  it('that cannot be read before a session is ended leaves no doubt: nothing was ended', async () => {
    const { proxy, asked } = await answering('')
    expect(failureOf(await proxy.shutSession(session)).code).toBe('target.refused')
    expect(asked).toEqual(['show sess 0x1'])
  })

  it.each(['', '1', '0x1;show info', 'abc'])('is never asked about the session %j', async id => {
    const { proxy, asked } = await answering('\n')
    expect(failureOf(await proxy.shutSession({ ...session, id })).code).toBe('input.invalid')
    expect(asked).toEqual([])
  })
})

describe('`show table`', () => {
  const HEAD = '# table: clients, type: ipv6, size:1024, used:2\n'

  it('is read by the names of its counters, whichever it stores', async () => {
    const { proxy } = await answering(
      `${HEAD}0x1: key=::ffff:10.1.2.3 use=1 exp=599 shard=0 conn_cur=2 conn_rate(10000)=5 gpc1_rate(5000)=7\n0x2: key=2001:db8::7 use=0 exp=3 shard=0 conn_cur=0 conn_rate(10000)=1 gpc1_rate(5000)=0\n\n`,
    )
    expect(okOf(await proxy.table('clients'))).toEqual({
      periods: { conn_rate: 10_000, gpc1_rate: 5_000 },
      clients: [
        { address: '10.1.2.3', counters: { conn_cur: 2, conn_rate: 5, gpc1_rate: 7 } },
        { address: '2001:db8::7', counters: { conn_cur: 0, conn_rate: 1, gpc1_rate: 0 } },
      ],
    })
  })

  it('that is empty has nobody in it', async () => {
    const { proxy } = await answering('# table: clients, type: ip, size:1024, used:0\n\n')
    expect(okOf(await proxy.table('clients'))).toEqual({ periods: {}, clients: [] })
  })

  it.each([
    ['# table: names, type: string, size:1024, used:0\n\n', 'of type string'],
    [`${HEAD}# contents not dumped due to insufficient privileges\n\n`, 'may not see'],
    [`${HEAD}0x1: key=10.1.2.3 conn_cur=2\n`, 'cut off'],
    [`${HEAD}0x1: key=somebody conn_cur=2\n\n`, 'row 1'],
  ])('answering %j is a failure', async (reply, text) => {
    const { proxy } = await answering(reply)
    const failed = failureOf(await proxy.table('clients'))
    expect(failed).toMatchObject({ code: 'target.protocol', message: expect.stringContaining(text) })
  })

  it.each(['', 'a b', 'a;b'])('is never asked for the table %j', async name => {
    const { proxy, asked } = await answering('\n')
    expect(failureOf(await proxy.table(name)).code).toBe('input.invalid')
    expect(asked).toEqual([])
  })
})
