import { toInstant } from '../../domain/instant.js'
import { fail, ok, type Result } from '../../domain/result.js'
import type { Memcached } from '../contract.js'

/** What the stats of one memcached say; counts are since it started, or since somebody reset them. */
export type Counters = {
  /** Which process it is: `4711 since 2026-11-23T04:12:09Z`. Another one has an empty cache. */
  readonly process: string
  /** Seconds. */
  readonly uptime: number
  readonly items: number
  /** Of the items, and what it may use in all. */
  readonly bytes: number
  readonly limit: number
  /** Items that were ever stored. */
  readonly stored: number
  /** How often it was told to flush, also where it refused. */
  readonly flushes: number
  readonly hits: number
  readonly misses: number
  readonly evictions: number
  readonly connections: number
  readonly maxConnections: number
  /** Connections that it turned away, and whether it takes any now. */
  readonly rejected: number
  readonly accepting: boolean
}

const NAMES = {
  uptime: 'uptime',
  items: 'curr_items',
  bytes: 'bytes',
  limit: 'limit_maxbytes',
  stored: 'total_items',
  flushes: 'cmd_flush',
  hits: 'get_hits',
  misses: 'get_misses',
  evictions: 'evictions',
  connections: 'curr_connections',
  maxConnections: 'max_connections',
  rejected: 'rejected_connections',
} as const
type Name = keyof typeof NAMES

/** Reads them all, or says which one is missing: a count that nobody has must not read as none. */
export const readCounters = async (memcached: Memcached): Promise<Result<Counters>> => {
  const read = await memcached.stats()
  if (!read.ok) return read
  const stats = read.value
  const numbers = [...Object.values(NAMES), 'pid', 'time', 'accepting_conns']
  const missing = numbers.filter(name => !/^\d+$/.test(stats[name] ?? ''))
  if (missing.length > 0)
    return fail(
      'target.protocol',
      `its stats lack ${missing.join(', ')}`,
      'Look whether the data address in the fleet file leads to memcached itself, of version 1.6.',
    )
  const counted = Object.fromEntries(
    Object.entries(NAMES).map(([name, written]) => [name, Number(stats[written])]),
  ) as { readonly [N in Name]: number } // the keys are those of NAMES
  return ok({ ...counted, process: processOf(stats), accepting: stats.accepting_conns === '1' })
}

/** memcached counts `time` and `uptime` by the same seconds: the difference is when it started, and stays the same. */
const processOf = ({ pid, time, uptime }: { readonly [name: string]: string }): string =>
  `${pid} since ${toInstant((Number(time) - Number(uptime)) * 1000).slice(0, 19)}Z`

/** Whether it may be flushed: `-F` at its start forbids it. */
export const mayBeFlushed = async (memcached: Memcached): Promise<Result<boolean>> => {
  const settings = await memcached.stats('settings')
  return settings.ok ? ok(settings.value.flush_enabled !== 'no') : settings
}
