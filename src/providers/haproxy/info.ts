import type { ProcessInfo } from '../contract.js'
import type { Wrong } from './command.js'

/** What `show info` says, or what is wrong with it: one `Name: value` a line, in no promised order. */
export const parseInfo = (reply: string): ProcessInfo | Wrong => {
  if (!reply.endsWith('\n\n')) return { wrong: 'the answer is cut off' }
  const fields = new Map(reply.split('\n').map(line => cutAt(line, ': ')))
  const missing = Object.values(FIELDS).filter(name => !/^\d+$/.test(fields.get(name) ?? ''))
  if (missing.length > 0) return { wrong: `it gives no number for ${missing.join(', ')}` }
  const number = (name: string): number => Number(fields.get(name))
  return {
    pid: number(FIELDS.pid),
    startedAt: number(FIELDS.startedAt),
    uptime: number(FIELDS.uptime),
    connections: number(FIELDS.connections),
    maxConnections: number(FIELDS.maxConnections),
    connectionRate: number(FIELDS.connectionRate),
    connectionRateLimit: number(FIELDS.connectionRateLimit),
  }
}

const FIELDS = {
  pid: 'Pid',
  startedAt: 'Start_time_sec',
  uptime: 'Uptime_sec',
  connections: 'CurrConns',
  maxConnections: 'Maxconn',
  connectionRate: 'ConnRate',
  connectionRateLimit: 'ConnRateLimit',
} as const satisfies { readonly [K in keyof ProcessInfo]: string }

const cutAt = (line: string, mark: string): readonly [string, string] => {
  const at = line.indexOf(mark)
  return at === -1 ? [line, ''] : [line.slice(0, at), line.slice(at + mark.length)]
}
