import { cacheOf } from '../world/cache.js'
import { instancesOf } from '../world/instances.js'
import { frontendSessions } from '../world/sessions.js'
import type { World, WorldInstance } from '../world/world.js'

export const VERSION = '1.6.18'
const MAX_CONNECTIONS = 65_536
const MAX_BYTES = 67_108_864

type Stats = Readonly<Record<string, number | string>>

/** The general counters, by their names in memcached 1.6; those that nobody here reads are left out. */
export const stats = (world: World, shard: WorldInstance, now: number): Stats => {
  const uptime = Math.floor((now - shard.servingAt) / 1000)
  const clients = sessionsTo(world, shard, now)
  const { items, bytes, gets, hits, stored } = cacheOf(shard, now)
  return {
    pid: 1,
    uptime,
    // Both count the same seconds, as memcached's do: the one less the other is when it started, and never moves.
    time: Math.floor(shard.servingAt / 1000) + uptime,
    version: VERSION,
    pointer_size: 64,
    max_connections: MAX_CONNECTIONS,
    curr_connections: clients + 1,
    total_connections: clients + uptime,
    rejected_connections: 0,
    cmd_get: gets,
    cmd_set: stored,
    cmd_flush: shard.flushedAt.length,
    get_hits: hits,
    get_misses: gets - hits,
    limit_maxbytes: MAX_BYTES,
    accepting_conns: 1,
    listen_disabled_num: 0,
    threads: 4,
    bytes,
    curr_items: items,
    total_items: stored,
    evictions: 0,
  }
}

/** What it was started with. */
export const settings = ({ verbosity = 0 }: WorldInstance): Stats => ({
  verbosity,
  maxbytes: MAX_BYTES,
  maxconns: MAX_CONNECTIONS,
  num_threads: 4,
  flush_enabled: 'yes',
})

/** HAProxy opens one connection to the shard for each session of the frontend that leads there. */
const sessionsTo = (world: World, shard: WorldInstance, now: number): number => {
  const place = instancesOf(world, shard.cluster, 'shard').findIndex(one => one.id === shard.id)
  const frontend = world.clusters[shard.cluster]?.frontends[place]
  if (frontend === undefined) return 0
  return instancesOf(world, shard.cluster, 'proxy')
    .map(proxy => frontendSessions(world, proxy, frontend.name, now))
    .reduce((sum, sessions) => sum + sessions, 0)
}
