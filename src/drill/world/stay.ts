import type { Block, Blocks } from './block.js'
import { COMING_MS } from './paces.js'
import type { Regular } from './world.js'

// What becomes of connections while a rule keeps out whoever holds them: those that are open stay, and go in their
// own time; nobody comes back before the rule is gone.

/**
 * The part, 0 to 1, of the connections that somebody would hold without rules. `empty`: when nobody was connected last;
 * whom a rule kept out then has none that could stay.
 */
export const partHeld = (
  blocks: readonly Block[],
  { t, halfLife, empty }: { readonly t: number; readonly halfLife: number; readonly empty: number },
): number => {
  let part = 1
  let at = Number.NEGATIVE_INFINITY
  for (const { from, until } of blocks.filter(one => one.from <= t && one.until > empty)) {
    const before = from <= empty ? 0 : grown(part, from - at)
    part = before * 0.5 ** ((Math.min(t, until) - from) / halfLife)
    if (t < until) return part
    at = until
  }
  return grown(part, t - at)
}

const grown = (part: number, passed: number): number => Math.min(1, part + passed / COMING_MS.to)

export const isBlockedAt = (blocks: readonly Block[], t: number): boolean =>
  blocks.some(({ from, until }) => from <= t && t < until)

/** The part of all sessions whose holders are blocked at the same times. */
export type Fate = { readonly blocks: readonly Block[]; readonly share: number }

/** Of those who are blocked at any time. */
export const fatesOf = (blocked: Blocks, everyone: readonly Regular[]): readonly Fate[] => {
  const fates = new Map<string, Fate>()
  for (const { address, share } of everyone) {
    const blocks = blocked.get(address)
    if (blocks === undefined) continue
    const key = blocks.map(({ from, until }) => `${from} ${until}`).join()
    fates.set(key, { blocks, share: share + (fates.get(key)?.share ?? 0) })
  }
  return [...fates.values()]
}

/** The ways of one connection after the other, in one place. */
export type Ways = {
  /** When it is there, if it may come since that moment. */
  readonly comes: (since: number) => number
  /** When it ends, if it is there at that moment and no other may come. */
  readonly leaves: (from: number) => number
}

/** Since when the connection of that place at `t` could come: `first` if nothing kept it out; undefined if none is there. */
export const sinceAt = (
  blocks: readonly Block[],
  first: number,
  t: number,
  { comes, leaves }: Ways,
): number | undefined => {
  let since = first
  for (const { from, until } of blocks.filter(one => one.from <= t && one.until > first)) {
    const left = comes(since) < from ? leaves(from) : from
    if (t < until) return t < left ? since : undefined
    if (left < until) since = until
  }
  return since !== first && t < comes(since) ? undefined : since
}
