import type { Result } from '../../domain/result.js'
import { formatBytes } from '../../domain/size.js'
import type { Target } from '../../fleet/inventory.js'
import type { Look } from '../../providers/look.js'
import { type Counters, readCounters } from '../../providers/memcached/counters.js'
import type { Report } from '../contract.js'
import { ageWords, blind } from '../report.js'
import { coldBecause, fullBecause, hitRatio, percent, type Watched } from './judge.js'
import type { Input, Output } from './schema.js'

/** Asks every shard for its stats, twice. It changes nothing, and opens one connection each time. */
export const run = async ({ cluster, over }: Input, look: Look): Promise<Report<Output>> => {
  const found = await look.discover(cluster, 'shard')
  if (!found.ok) return blind(found.failure.message, found.failure)
  const inventory = found.value
  const { targets } = inventory
  if (targets.length === 0) return blind(`no shard of ${cluster} was found; an empty answer is no good news`)
  const before = await lookAtAll(targets, look)
  await look.clock.sleep(over)
  const output = judge(targets, before, await lookAtAll(targets, look))
  const none = output.shards.length === 0
  const isFine = output.worst.length === 0
  return {
    verdict: none ? 'inconclusive' : isFine ? 'pass' : 'fail',
    output,
    summary: `${none ? `none of ${targets.length} shards of ${cluster} answered` : words(cluster, output)}${ageWords(inventory, look)}`,
  }
}

type Answers = readonly Result<Counters>[]

const lookAtAll = (targets: readonly Target[], { providers }: Look): Promise<Answers> =>
  Promise.all(targets.map(({ data }) => readCounters(providers.memcached(data))))

const judge = (targets: readonly Target[], before: Answers, after: Answers): Output => {
  const looks = targets.map(({ id }, index) => watch(id, before[index], after[index]))
  const watched = looks.flatMap(one => ('reason' in one ? [] : [one]))
  const unseen = looks.flatMap(one => ('reason' in one ? [one] : []))
  const full = those(watched, fullBecause)
  const cold = those(watched, coldBecause)
  const worst = [...unseen, ...full, ...cold].slice(0, 1).map(({ id }) => id)
  return { shards: watched.map(shardOf), cold, full, unseen, worst }
}

type Unseen = Output['unseen'][number]

/** It has to answer both times: one that fails in between is not fine. */
const watch = (id: string, ...answers: readonly (Result<Counters> | undefined)[]): Watched | Unseen => {
  const failed = answers.find(answer => !answer?.ok)
  const [before, after] = answers.flatMap(answer => (answer?.ok ? [answer.value] : []))
  if (before && after) return { id, before, after }
  return { id, reason: failed && !failed.ok ? failed.failure.message : 'it was not asked' }
}

const those = (watched: readonly Watched[], reason: (shard: Watched) => string | undefined): Output['cold'] =>
  watched.flatMap(shard => {
    const because = reason(shard)
    return because === undefined ? [] : [{ id: shard.id, because }]
  })

const shardOf = (shard: Watched): Output['shards'][number] => {
  const { id, before, after } = shard
  const ratio = hitRatio(shard)
  return {
    id,
    items: after.items,
    bytes: after.bytes,
    ...(ratio === undefined ? {} : { hit_ratio: ratio }),
    evictions: Math.max(0, after.evictions - (after.process === before.process ? before.evictions : 0)),
    connections: after.connections,
    max_connections: after.maxConnections,
    uptime: after.uptime,
  }
}

const words = (cluster: string, { shards, cold, full, unseen }: Output): string => {
  const bytes = shards.reduce((sum, one) => sum + one.bytes, 0)
  const ratios = shards.flatMap(({ hit_ratio }) => hit_ratio ?? [])
  const lowest = ratios.length === 0 ? '' : `, lowest hit ratio ${percent(Math.min(...ratios))}`
  const all = `${shards.length} shards of ${cluster} answered, with ${formatBytes(bytes)}${lowest}`
  const parts = [
    ...unseen.map(({ id, reason }) => `${id} is not seen (${reason})`),
    ...full.map(({ id, because }) => `${id} is full (${because})`),
    ...cold.map(({ id, because }) => `${id} is cold (${because})`),
  ]
  return parts.length === 0 ? `${all}; none is cold or full` : `${all}; ${parts.join('; ')}`
}
