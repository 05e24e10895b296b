import type { Result } from '../../domain/result.js'
import { fail, ok } from '../../domain/result.js'
import type { Memcached } from '../contract.js'
import { excerpt } from '../excerpt.js'
import { send } from '../transport.js'
import type { Wire } from '../wire.js'

/** memcached's text protocol. Each call is one connection, so that it also tries the data path of a proxy. */
export const memcached = (url: string, wire: Wire): Memcached => ({
  version: async () => {
    const reply = await ask(url, wire, { operation: 'version', mutating: false, until: LINE_END })
    if (!reply.ok) return reply
    const version = /^VERSION (\S+)\r\n$/.exec(reply.value)?.[1]
    return version === undefined ? refusal(url, 'version', reply.value) : ok(version)
  },
  stats: async of => {
    const operation = of === undefined ? 'stats' : `stats ${of}`
    const reply = await ask(url, wire, { operation, mutating: false, until: STATS_END })
    return reply.ok ? readStats(url, operation, reply.value) : reply
  },
  // Never with a delay: memcached keeps one to within a second, early, and drops with it what was stored meanwhile
  // (tried on 1.6). Whoever wants distance between servers waits between the requests.
  flushAll: async () => {
    const reply = await ask(url, wire, { operation: FLUSH, mutating: true, until: LINE_END })
    if (!reply.ok) return reply
    return reply.value === 'OK\r\n' ? ok(null) : notFlushed(url, reply.value)
  },
  setVerbosity: level => setVerbosity(url, wire, level),
})

const FLUSH = 'flush_all'
const LINE_END = /\n$/
const STATS_END = /(?:^|\n)(?:END|ERROR|(?:CLIENT|SERVER)_ERROR[^\n]*)\r\n$/

const readStats = (
  url: string,
  operation: string,
  reply: string,
): Result<{ readonly [name: string]: string }> => {
  const lines = reply.split('\r\n').slice(0, -1)
  if (lines.pop() !== 'END') return refusal(url, operation, reply)
  const stats = lines.map(line => /^STAT (\S+) ?(.*)$/.exec(line))
  if (!stats.every(stat => stat !== null)) return refusal(url, operation, reply)
  return ok(Object.fromEntries(stats.map(([, name = '', value = '']) => [name, value])))
}

/** What is in front of memcached may say SERVER_ERROR of a change that went through: only these two are a no. */
const notFlushed = (url: string, reply: string): Result<never> => {
  if (reply.startsWith('CLIENT_ERROR flush_all not allowed'))
    return fail(
      'target.rejected',
      `${url} does not allow flush_all: its memcached was started with -F.`,
      'Leave that server out; a restart of its memcached empties it too.',
    )
  if (/^(?:ERROR|CLIENT_ERROR)/.test(reply)) return refusal(url, FLUSH, reply)
  return fail(
    'target.protocol',
    `${url} answered \`${FLUSH}\` with neither yes nor no; it said: ${excerpt(reply)}`,
    'Look at `cmd_flush` in the stats of that server, which counts each one.',
  )
}

const setVerbosity = async (url: string, wire: Wire, level: number): Promise<Result<null>> => {
  const reply = await ask(url, wire, {
    operation: 'verbosity',
    mutating: true,
    until: LINE_END,
    argument: `${level}`,
  })
  if (!reply.ok) return reply
  return reply.value === 'OK\r\n' ? ok(null) : refusal(url, 'verbosity', reply.value)
}

type Request = {
  readonly operation: string
  readonly mutating: boolean
  readonly until: RegExp
  readonly argument?: string
}

const ask = (
  url: string,
  wire: Wire,
  { operation, mutating, until, argument }: Request,
): Promise<Result<string>> =>
  send(url, wire, {
    sent: { endpoint: 'memcached', operation, mutating },
    request: `${argument === undefined ? operation : `${operation} ${argument}`}\r\n`,
    until,
    deadline: 2_000,
    maxReply: 1024 * 1024,
  })

const refusal = (url: string, operation: string, reply: string): Result<never> =>
  /^(?:ERROR|CLIENT_ERROR|SERVER_ERROR)/.test(reply)
    ? fail(
        'target.rejected',
        `${url} answered \`${operation}\` with: ${excerpt(reply)}`,
        'Look at that server: it runs, but it does not serve.',
      )
    : fail(
        'target.protocol',
        `${url} does not answer as memcached does; it said: ${excerpt(reply)}`,
        'Check that the data address in the fleet file leads to memcached, or to a proxy in front of it.',
      )
