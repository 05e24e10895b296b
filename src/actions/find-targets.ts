import { fail, ok, type Result } from '../domain/result.js'
import type { Fleet } from '../fleet/fleet.js'
import type { Inventory, Target } from '../fleet/inventory.js'
import type { Look } from '../providers/look.js'
import { inventoryWarnings } from './find-proxies.js'

/** Targets that were asked for, in the order in which they were. */
export type FoundTargets = { readonly targets: readonly Target[]; readonly warnings: readonly string[] }

/** Proxies and shards of any clusters, as they are now. One that is nowhere, or in two places, is none. */
export const findTargets = async (ids: readonly string[], look: Look): Promise<Result<FoundTargets>> => {
  const seen = await inventoriesWith(ids, look)
  const targets: Target[] = []
  for (const id of new Set(ids)) {
    const named = seen.inventories.flatMap(({ targets: all }) => all.filter(target => target.id === id))
    const [target, other] = named
    if (other) return twice(id, named)
    if (!target) return seen.failed ?? unknown(id, look.fleet)
    targets.push(target)
  }
  const used = seen.inventories.filter(({ targets: all }) => all.some(target => targets.includes(target)))
  return ok({ targets, warnings: [...new Set(used.flatMap(inventoryWarnings))] })
}

type Seen = { readonly inventories: readonly Inventory[]; readonly failed?: Result<never> }

/** Lists of the fleet file first, all of them: EC2 gives no id twice, and so need not be asked for what is found. */
const inventoriesWith = async (ids: readonly string[], look: Look): Promise<Seen> => {
  const inventories: Inventory[] = []
  let failed: Result<never> | undefined
  for (const { cluster, role, isList } of groupsOf(look.fleet)) {
    const found = ids.every(id => inventories.some(({ targets }) => targets.some(target => target.id === id)))
    if (found && !isList) break
    const inventory = await look.discover(cluster, role)
    if (inventory.ok) inventories.push(inventory.value)
    else failed ??= inventory
  }
  return { inventories, ...(failed ? { failed } : {}) }
}

const groupsOf = ({ clusters }: Fleet) =>
  Object.values(clusters)
    .flatMap(({ name, proxies, shards }) => [
      { cluster: name, role: 'proxy' as const, isList: proxies.discover.kind === 'static' },
      ...(shards ? [{ cluster: name, role: 'shard' as const, isList: shards.discover.kind === 'static' }] : []),
    ])
    .sort((a, b) => Number(b.isList) - Number(a.isList))

const twice = (id: string, named: readonly Target[]): Result<never> =>
  fail(
    'input.invalid',
    `${id} names ${named.map(({ role, cluster }) => `a ${role} of ${cluster}`).join(' and ')}`,
    'give them ids of their own in the fleet file',
  )

const unknown = (id: string, { clusters }: Fleet): Result<never> =>
  fail(
    'plan.impossible',
    `${id} is neither a proxy in service nor a shard of ${Object.keys(clusters).join(', ')}`,
    'look at the fleet again before deciding',
  )
