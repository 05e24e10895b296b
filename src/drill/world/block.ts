import { familyOf, type Prefix } from '../../fleet/addresses/prefix.js'

/** From that moment on, and before the other, a rule lets somebody open no connection. */
export type Block = { readonly from: number; readonly until: number }

/** By address, in the order of time, none touching the next. Who never was blocked is not there. */
export type Blocks = ReadonlyMap<string, readonly Block[]>

/** Whoever has sessions at a cluster, by who is met by a rule for a prefix: by the same look-up that filters use. */
export type Everybody = (rule: Prefix) => readonly Somebody[]
export type Somebody = { readonly address: string; readonly prefix: Prefix }

/** A rule that stood at some time. */
export type Rule<R> = {
  readonly prefix: Prefix
  readonly rule: R
  /** When it came and went. */
  readonly turns: readonly number[]
}

/** Whoever is met by the same rules shares their fate: one of them is asked about for all, whenever one of those turns. */
export const blocksBy = <R>(
  rules: readonly Rule<R>[],
  everybody: Everybody,
  isBlocked: (who: Somebody, by: readonly R[], t: number) => boolean,
): Blocks => {
  const blocks = new Map<string, readonly Block[]>()
  for (const { members, met } of groupsOf(rules, everybody)) {
    const [first] = members
    const by = met.map(({ rule }) => rule)
    const turns = [...new Set(met.flatMap(one => one.turns))].sort((a, b) => a - b)
    const found = first === undefined ? [] : timesOf(turns, t => isBlocked(first, by, t))
    if (found.length > 0) for (const { address } of members) blocks.set(address, found)
  }
  return blocks
}

type Group<R> = { readonly members: Somebody[]; readonly met: readonly Rule<R>[] }

const groupsOf = <R>(rules: readonly Rule<R>[], everybody: Everybody): Iterable<Group<R>> => {
  const places = new Map<Somebody, number[]>()
  for (const [place, { prefix }] of rules.entries())
    for (const one of everybody(prefix)) {
      const before = places.get(one)
      if (before === undefined) places.set(one, [place])
      else before.push(place)
    }
  const groups = new Map<string, Group<R>>()
  for (const [one, its] of places) {
    const key = `${familyOf(one.prefix)} ${its.join()}`
    const group = groups.get(key) ?? { members: [], met: its.flatMap(place => rules[place] ?? []) }
    group.members.push(one)
    groups.set(key, group)
  }
  return groups.values()
}

const timesOf = (turns: readonly number[], isBlocked: (t: number) => boolean): readonly Block[] => {
  const found: Block[] = []
  for (const t of turns) {
    const last = found.at(-1)
    const isOut = last !== undefined && last.until > t
    if (isBlocked(t) === isOut) continue
    if (isOut) found[found.length - 1] = { from: last.from, until: t }
    else found.push({ from: t, until: Number.POSITIVE_INFINITY })
  }
  return found
}
