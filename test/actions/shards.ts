// Shards in memory, which count what memcached counts, and what a plan, an op and a check may see of them.

import type { Hands } from '../../src/actions/contract.js'
import { fail, ok, type Result } from '../../src/domain/result.js'
import type { Inventory } from '../../src/fleet/inventory.js'
import type { Memcached } from '../../src/providers/contract.js'
import type { Look } from '../../src/providers/look.js'
import { CLUSTER, handsOn, lookAt, newCloud } from './cloud.js'

export type Shard = {
  pid: number
  /** Seconds since 1970. */
  started: number
  items: number
  bytes: number
  /** Items per second of the clock. */
  storing: number
  flushes: number
  /** Started with `-F`. */
  keeps: boolean
  /** Any counter, in the place of what it would be; undefined where it lacks it. */
  stats: { [name: string]: string | undefined }
  /** What goes wrong from then on: its stats, its settings, or the flush; `lost` is a flush that is done and not answered. */
  failing: { stats?: Result<never>; settings?: Result<never>; flush?: Result<never>; lost?: true }
  /** Called between the flush and what is seen of it. */
  meanwhile: () => void
}

export type Cache = {
  readonly shards: Map<string, Shard>
  /** Ids that were told to flush, in order. */
  readonly told: string[]
  readonly clock: Look['clock'] & { readonly slept: readonly number[] }
  inventory: Partial<Inventory>
}

const STARTED = 1_700_000_000

/** Shards s1, s2, …: each holds 1000 items of 100 bytes, and is as old. */
export const newCache = (count = 4): Cache => {
  const ids = Array.from({ length: count }, (_, index) => `s${index + 1}`)
  const shard = (): Shard => ({
    ...{ pid: 1, started: STARTED, items: 1_000, bytes: 100_000, storing: 0, flushes: 0, keeps: false },
    ...{ stats: {}, failing: {}, meanwhile: () => {} },
  })
  return {
    shards: new Map(ids.map(id => [id, shard()])),
    told: [],
    clock: handsOn(newCloud()).clock,
    inventory: {},
  }
}

export const shardOf = (cache: Cache, id: string): Shard => {
  const shard = cache.shards.get(id)
  if (!shard) throw new Error(`no shard ${id}`)
  return shard
}

export const PROCESS = `1 since ${new Date(STARTED * 1_000).toISOString().slice(0, 19)}Z`
export const urlOf = (id: string): string => `tcp://10.0.1.${id.slice(1)}:11211`
export const TIMEOUT = fail('target.timeout', 'no answer in 2s', 'look')

const memcachedOf = (cache: Cache, url: string): Memcached => {
  const id = [...cache.shards.keys()].find(one => urlOf(one) === url) ?? ''
  return {
    version: async () => fail('bug', 'not used here', 'do not'),
    setVerbosity: async () => fail('bug', 'not used here', 'do not'),
    stats: async of => {
      const shard = shardOf(cache, id)
      if (of === 'settings') return shard.failing.settings ?? ok({ flush_enabled: shard.keeps ? 'no' : 'yes' })
      return shard.failing.stats ?? ok(statsOf(shard, cache.clock.now()))
    },
    flushAll: async () => {
      const shard = shardOf(cache, id)
      cache.told.push(id)
      if (shard.failing.flush) return shard.failing.flush
      shard.flushes += 1
      if (shard.keeps) return fail('target.rejected', `${id} does not allow flush_all`, 'leave it out')
      shard.items = 0
      shard.bytes = 0
      shard.meanwhile()
      return shard.failing.lost ? TIMEOUT : ok(null)
    },
  }
}

const statsOf = (shard: Shard, now: number): { readonly [name: string]: string } => {
  const uptime = Math.floor(now / 1_000) - shard.started
  const counted = {
    ...{ pid: shard.pid, uptime, time: shard.started + uptime, accepting_conns: 1 },
    ...{ curr_items: shard.items, bytes: shard.bytes, limit_maxbytes: 67_108_864 },
    ...{ total_items: Math.floor(uptime * shard.storing), cmd_flush: shard.flushes, evictions: 0 },
    ...{ get_hits: 900, get_misses: 100, curr_connections: 10, max_connections: 1_024 },
    rejected_connections: 0,
  }
  const all = Object.entries({ ...counted, ...shard.stats })
  return Object.fromEntries(all.flatMap(([name, value]) => (value === undefined ? [] : [[name, `${value}`]])))
}

export const handsFor = (cache: Cache): Hands => {
  const hands = handsOn(newCloud())
  const memcached = (url: string) => memcachedOf(cache, url)
  return { ...hands, clock: cache.clock, providers: { ...hands.providers, memcached } }
}

export const lookFor = (cache: Cache): Look => ({
  ...lookAt(newCloud()),
  clock: cache.clock,
  providers: handsFor(cache).providers,
  discover: async (cluster, role) => {
    if (cluster !== CLUSTER || role !== 'shard')
      return fail('fleet.unknown-cluster', `there is no ${role} of ${cluster}`, 'look at the fleet file')
    const targets = [...cache.shards.keys()].map(id => ({ id, cluster, role, data: urlOf(id), tags: {} }))
    return ok({ cluster, role, at: cache.clock.now(), source: 'ec2', targets, ...cache.inventory })
  },
})
