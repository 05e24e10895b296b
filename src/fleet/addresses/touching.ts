import { parseCidr } from 'cidr-tools'
import { clientForms } from './client-forms.js'
import { type Family, familyOf, type Prefix } from './prefix.js'

/**
 * Looks up which entries a filter on a candidate would hit, wholly or in part: what `subtract` carves out for them.
 * The ones around the candidate come first, the widest first; then those inside it, by address. Made once for all
 * candidates: a look-up costs the logarithm of the entries, and what it finds.
 */
export const touching = <E extends { readonly prefix: Prefix }>(
  entries: readonly E[],
): ((candidate: Prefix) => readonly E[]) => {
  const ranges = [...byForm(entries)].map(([prefix, found]) => rangeOf(prefix, found))
  const lines = { ipv4: nest(ranges, 'ipv4'), ipv6: nest(ranges, 'ipv6') }
  return candidate => find(lines[familyOf(candidate)], parseCidr(candidate))
}

type Range<E> = {
  readonly family: Family
  readonly start: bigint
  readonly end: bigint
  readonly entries: readonly E[]
  /** The narrowest other one with this one in it. Two prefixes never overlap in part. */
  around?: Range<E> | undefined
}
/** Ranges of one family: by address, the wider first. */
type Line<E> = readonly Range<E>[]

const byForm = <E extends { readonly prefix: Prefix }>(entries: readonly E[]): ReadonlyMap<Prefix, E[]> => {
  const found = new Map<Prefix, E[]>()
  for (const entry of entries)
    for (const form of clientForms(entry.prefix)) {
      const same = found.get(form)
      if (same) same.push(entry)
      else found.set(form, [entry])
    }
  return found
}

const rangeOf = <E>(prefix: Prefix, entries: readonly E[]): Range<E> => {
  const { start, end } = parseCidr(prefix)
  return { family: familyOf(prefix), start, end, entries }
}

const nest = <E>(ranges: readonly Range<E>[], family: Family): Line<E> => {
  const line = ranges.filter(range => range.family === family).sort(byAddress)
  let open: Range<E> | undefined
  for (const range of line) {
    while (open !== undefined && open.end < range.start) open = open.around
    range.around = open
    open = range
  }
  return line
}

const byAddress = (a: Range<unknown>, b: Range<unknown>): number =>
  sign(a.start - b.start) || sign(b.end - a.end)

const sign = (difference: bigint): number => (difference < 0n ? -1 : difference > 0n ? 1 : 0)

const find = <E>(line: Line<E>, { start, end }: { start: bigint; end: bigint }): readonly E[] => {
  const first = firstFrom(line, start)
  const found: (readonly E[])[] = []
  // Whatever starts before and reaches here is around the last one that starts before, or is that one.
  for (let range = line[first - 1]; range !== undefined; range = range.around)
    if (range.end >= start) found.unshift(range.entries)
  for (let at = first; at < line.length; at += 1) {
    const range = line[at]
    if (range === undefined || range.start > end) break
    found.push(range.entries)
  }
  return found.flat()
}

/** The place of the first range that starts at this address or after it. */
const firstFrom = (line: Line<unknown>, start: bigint): number => {
  let [low, high] = [0, line.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((line[middle]?.start ?? start) < start) low = middle + 1
    else high = middle
  }
  return low
}
