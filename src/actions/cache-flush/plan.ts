import { formatDuration } from '../../domain/duration.js'
import { type Fact, noCapacity, type PlanDraft, type Spending } from '../../domain/plan.js'
import { ok, type Result } from '../../domain/result.js'
import type { Look } from '../../providers/look.js'
import { inventoryWarnings } from '../find-proxies.js'
import { bySocat } from '../socat.js'
import { changesFor, type Shard } from './changes.js'
import { type Losing, lookAtShards, SAMPLE_MS, type Sight } from './look.js'
import type { Input } from './schema.js'

/** What flushing those shards would lose now, and how fast it comes back. */
export const plan = async (input: Input, look: Look): Promise<Result<PlanDraft>> => {
  const sight = await lookAtShards(input, look)
  return sight.ok ? ok(draft(input, sight.value)) : sight
}

const draft = ({ cluster, stagger }: Input, sight: Sight): PlanDraft => {
  const { losing, inventory, unseen } = sight
  const ids = losing.map(({ id }) => id)
  const shards = losing.map(
    ({ id, url, process }, index): Shard => ({
      ...{ id, url, process },
      wait: index < losing.length - 1 ? stagger : 0,
    }),
  )
  const spends = spendingOf(cluster, sight)
  const staggered = ids.length > 1 ? `, one every ${formatDuration(stagger)}` : ''
  return {
    summary: `Flush ${ids.join(', ')}: ${ids.length} of ${inventory.targets.length} shards of ${cluster}${staggered}`,
    changes: changesFor(shards),
    blast: noCapacity(true),
    facts: [shareOf(spends), ...losing.flatMap(holdings)],
    warnings: [
      ...unseen.map(({ id, why }) => `${id} is not seen, and counts as if it held nothing (${why})`),
      ...inventoryWarnings(inventory),
    ],
    undo: ['nothing brings it back: what is flushed is asked for anew', ...losing.map(coldWords)],
    confirm: ids.length === 1 ? `${ids[0]}` : `${cluster} ${ids.length}`,
    predicted: { flushed: ids },
    commands: shards.flatMap(byHand),
    spends,
    locks: [`cluster:${cluster}`],
  }
}

const spendingOf = (cluster: string, { losing, seen }: Sight): Spending => {
  const bytesOf = (shards: Sight['seen']) => Object.fromEntries(shards.map(({ id, bytes }) => [id, bytes]))
  return { guardrail: 'flush', cluster, each: bytesOf(losing), whole: bytesOf(seen) }
}

const shareOf = ({ cluster, each, whole }: Spending): Fact => {
  const [lost, all] = [each, whole].map(amounts => Object.values(amounts).reduce((sum, one) => sum + one, 0))
  const value = all ? Math.round(((lost ?? 0) / all) * 100) : 0
  return { label: `share of what ${cluster} holds`, value, unit: '%', worse: 'higher' }
}

const holdings = ({ id, items, bytes }: Losing): readonly Fact[] => [
  { label: `items in ${id}`, value: items, unit: 'items', worse: 'higher' },
  { label: `memory in ${id}`, value: bytes, unit: 'bytes', worse: 'higher' },
]

/** At least: what is stored again and again counts each time. */
const coldWords = ({ id, items, storing }: Losing): string => {
  if (items === 0) return `${id} holds nothing now`
  if (storing === undefined)
    return `${id}: how long it stays cold is not known, for nothing was stored there in ${formatDuration(SAMPLE_MS)}`
  const rate = storing < 10 ? storing.toFixed(1) : Math.round(storing)
  return `${id} stays cold for at least ${formatDuration((items / storing) * 1_000)}: it stores ${rate} items per second now`
}

const byHand = ({ url, wait }: Shard): readonly string[] => [
  bySocat('flush_all', url),
  ...(wait > 0 ? [`sleep ${wait / 1_000}`] : []),
]
