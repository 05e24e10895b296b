import type { TagCondition } from './contract.js'

type Tags = { readonly [key: string]: string }

/**
 * Conditions that admit exactly those sets of tags, as few as can be: sets are taken together where they differ in
 * the value of one and the same key, for a condition admits every combination of its values.
 */
export const tagConditions = (sets: readonly Tags[]): readonly TagCondition[] => {
  const groups: Group[] = []
  for (const tags of sets) {
    const group = groups.find(one => fits(one, tags))
    if (group) join(group, tags)
    else groups.push({ first: tags, all: [tags] })
  }
  return groups.map(({ first, all }) =>
    Object.fromEntries(
      Object.keys(first)
        .sort()
        .map(key => [key, [...new Set(all.map(tags => tags[key] ?? ''))].sort()]),
    ),
  )
}

type Group = { readonly first: Tags; readonly all: Tags[]; varies?: string }

const fits = ({ first, varies }: Group, tags: Tags): boolean => {
  const differing = differences(first, tags)
  if (differing === undefined || differing.length > 1) return false
  return differing.length === 0 || varies === undefined || varies === differing[0]
}

const join = (group: Group, tags: Tags): void => {
  const [differing] = differences(group.first, tags) ?? []
  if (differing !== undefined) group.varies = differing
  group.all.push(tags)
}

/** Keys with other values; undefined where the keys are others. */
const differences = (one: Tags, other: Tags): readonly string[] | undefined => {
  const keys = Object.keys(one)
  const same = keys.length === Object.keys(other).length && keys.every(key => Object.hasOwn(other, key))
  return same ? keys.filter(key => one[key] !== other[key]) : undefined
}
