import { fail, ok, type Result } from '../domain/result.js'
import type { Inventory, Target } from '../fleet/inventory.js'
import type { Look } from '../providers/look.js'

/** Shards that were asked for, in that order, among all of their cluster. */
export type FoundShards = {
  readonly inventory: Inventory
  readonly chosen: readonly [Target, ...Target[]]
}

export const findShards = async (
  cluster: string,
  asked: 'all' | readonly string[],
  look: Look,
): Promise<Result<FoundShards>> => {
  const inventory = await look.discover(cluster, 'shard')
  if (!inventory.ok) return inventory
  const { targets } = inventory.value
  const ids = asked === 'all' ? targets.map(({ id }) => id) : [...new Set(asked)]
  const unknown = ids.filter(id => !targets.some(target => target.id === id))
  if (unknown.length > 0) return notThere(cluster, unknown, targets)
  const [first, ...others] = ids.flatMap(id => targets.filter(target => target.id === id))
  return first
    ? ok({ inventory: inventory.value, chosen: [first, ...others] })
    : fail('plan.impossible', `no shard of ${cluster} was found`, 'look at `shards` in the fleet file')
}

const notThere = (cluster: string, unknown: readonly string[], targets: readonly Target[]): Result<never> => {
  const all = targets.length === 0 ? 'none was found' : `it has ${targets.map(({ id }) => id).join(', ')}`
  return fail(
    'plan.impossible',
    `${unknown.join(', ')}: no shard of ${cluster}; ${all}`,
    'name the shards by their ids, or `all`',
  )
}
