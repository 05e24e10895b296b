import type { Result } from '../../domain/result.js'
import { fail, ok } from '../../domain/result.js'
import type { Memcached, Wire } from '../contract.js'
import { excerpt } from '../excerpt.js'
import { send } from '../transport.js'

/** memcached's text protocol. Each call is one connection, so that it also tries the data path of a proxy. */
export const memcached = (url: string, wire: Wire): Memcached => ({
  version: async () => {
    const reply = await ask(url, wire, 'version', /\n$/)
    if (!reply.ok) return reply
    const version = /^VERSION (\S+)\r\n$/.exec(reply.value)?.[1]
    return version === undefined ? refusal(url, 'version', reply.value) : ok(version)
  },
  stats: async () => {
    const reply = await ask(url, wire, 'stats', STATS_END)
    return reply.ok ? readStats(url, reply.value) : reply
  },
})

const STATS_END = /(?:^|\n)(?:END|ERROR|(?:CLIENT|SERVER)_ERROR[^\n]*)\r\n$/

const readStats = (url: string, reply: string): Result<{ readonly [name: string]: string }> => {
  const lines = reply.split('\r\n').slice(0, -1)
  if (lines.pop() !== 'END') return refusal(url, 'stats', reply)
  const stats = lines.map(line => /^STAT (\S+) ?(.*)$/.exec(line))
  if (!stats.every(stat => stat !== null)) return refusal(url, 'stats', reply)
  return ok(Object.fromEntries(stats.map(([, name = '', value = '']) => [name, value])))
}

const ask = (url: string, wire: Wire, operation: string, until: RegExp): Promise<Result<string>> =>
  send(url, wire, {
    sent: { endpoint: 'memcached', operation, mutating: false },
    request: `${operation}\r\n`,
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
