import { formatDuration } from '../../domain/duration.js'
import type { Counters } from '../../providers/memcached/counters.js'

/** Two looks at one shard. */
export type Watched = { readonly id: string; readonly before: Counters; readonly after: Counters }

/** A shard that started since then has not been asked for much yet. Seconds. */
const YOUNG = 600
/** This share of what it used to answer, or less, is cold: clusters differ, so each is its own measure. */
const COLD = 0.8
/** Fewer gets than this say nothing. */
const ENOUGH = 50
/** Of its connections. */
const NEAR_LIMIT = 0.9

/** Hits as a share of gets between the looks; undefined where it was asked too little, or began to count anew. */
export const hitRatio = ({ before, after }: Watched): number | undefined => {
  if (before.process !== after.process) return undefined
  return ratioOf(after.hits - before.hits, after.misses - before.misses)
}

const ratioOf = (hits: number, misses: number): number | undefined =>
  hits < 0 || misses < 0 || hits + misses < ENOUGH ? undefined : hits / (hits + misses)

/** Why it is cold; undefined where it is not, or where nothing tells. */
export const coldBecause = (shard: Watched): string | undefined => {
  const { items, uptime, hits, misses } = shard.after
  if (uptime < YOUNG) return `it started ${formatDuration(uptime * 1_000)} ago`
  if (items === 0) return 'it is empty'
  const now = hitRatio(shard)
  const ever = ratioOf(hits, misses)
  if (now === undefined || ever === undefined || now >= ever * COLD) return undefined
  return `it answers ${percent(now)} of gets, and ${percent(ever)} since it started`
}

/** Why it takes no more clients, or soon will not. */
export const fullBecause = ({ before, after }: Watched): string | undefined => {
  if (!after.accepting) return 'it takes no connections now'
  const turnedAway = after.process === before.process ? after.rejected - before.rejected : after.rejected
  if (turnedAway > 0) return `it turned ${turnedAway} connections away`
  const fill = after.connections / Math.max(1, after.maxConnections)
  return fill >= NEAR_LIMIT ? `${percent(fill)} of its connections are in use` : undefined
}

export const percent = (share: number): string => `${Math.round(share * 100)} %`
