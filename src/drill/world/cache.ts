import type { WorldInstance } from './world.js'

/** Of a shard that is warm, per second of virtual time: what comes in, and what is found. */
const GETS = 1_000
const HITS = 950
/** How long one that is empty takes until it is warm again, in milliseconds. */
const WARMING_MS = 600_000
const FULL_ITEMS = 60_000
const ITEM_BYTES = 900

/** What a shard holds now, and what it has answered since it started. */
type Cache = {
  readonly items: number
  readonly bytes: number
  readonly gets: number
  readonly hits: number
  /** What is missed is stored. */
  readonly stored: number
}

/**
 * Every shard was warm before the drill began; one that is flushed is empty, and fills evenly. Derived from the flushes
 * alone, so that it is the same after a restart.
 */
export const cacheOf = ({ servingAt, flushedAt, items }: WorldInstance, now: number): Cache => {
  const own = Object.values(items)
  const flushed = flushedAt.at(-1)
  const full = flushed === undefined ? 1 : Math.min(1, (now - flushed) / WARMING_MS)
  const held = Math.floor(FULL_ITEMS * full)
  const gets = Math.floor(((now - servingAt) / 1_000) * GETS)
  const hits = Math.floor((warmMs(servingAt, flushedAt, now) / 1_000) * HITS)
  return {
    items: held + own.length,
    bytes: held * ITEM_BYTES + own.reduce((sum, { data }) => sum + data.length, 0),
    gets,
    hits,
    stored: gets - hits,
  }
}

/** Milliseconds since it started, each counted by how warm it was then. */
const warmMs = (servingAt: number, flushedAt: readonly number[], now: number): number => {
  const ends = [...flushedAt.slice(1), now]
  const before = (flushedAt[0] ?? now) - servingAt
  return flushedAt.reduce((sum, at, index) => sum + warming((ends[index] ?? now) - at), before)
}

/** Of so long since it was empty: it warms evenly. */
const warming = (ms: number): number => (ms < WARMING_MS ? (ms * ms) / (2 * WARMING_MS) : ms - WARMING_MS / 2)
