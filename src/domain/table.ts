/**
 * An immutable record of thousands of keys, in the order in which they came: a change copies one leaf of it and the
 * list of leaves, so that a fold over a long journal takes time in proportion to its length.
 */
export type Table<V> = readonly Leaf<V>[]
type Leaf<V> = { readonly [key: string]: V }

const LEAF = 128

export const entryOf = <V>(table: Table<V>, key: string): V | undefined =>
  table.findLast(leaf => Object.hasOwn(leaf, key))?.[key]

export const valuesOf = <V>(table: Table<V>): readonly V[] => table.flatMap(leaf => Object.values(leaf))

/** With that entry; a key that is there already keeps its place. */
export const withEntry = <V>(table: Table<V>, key: string, value: V): Table<V> => {
  const index = table.findLastIndex(leaf => Object.hasOwn(leaf, key))
  if (index >= 0) return table.with(index, { ...table[index], [key]: value })
  const last = table.at(-1)
  return last !== undefined && Object.keys(last).length < LEAF
    ? table.with(-1, { ...last, [key]: value })
    : [...table, { [key]: value }]
}
