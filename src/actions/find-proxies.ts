import { fail, ok, type Result } from '../domain/result.js'
import type { Cluster } from '../fleet/fleet.js'
import type { Inventory, Target } from '../fleet/inventory.js'
import type { Look } from '../providers/look.js'

/** Proxies that were asked for, and the cluster that they are of, as it is now. */
export type Found = {
  readonly cluster: Cluster
  readonly inventory: Inventory
  readonly targets: readonly [Target, ...Target[]]
}

/** The fleet's clusters in turn: a proxy's id does not say whose it is. All must be of one cluster. */
export const findProxies = async (ids: readonly string[], look: Look): Promise<Result<Found>> => {
  const names = Object.keys(look.fleet.clusters)
  for (const name of names) {
    const inventory = await look.discover(name, 'proxy')
    if (!inventory.ok) return inventory
    const [first, ...others] = inventory.value.targets.filter(({ id }) => ids.includes(id))
    const cluster = look.fleet.clusters[name]
    if (!first || !cluster) continue
    const found: Found = { cluster, inventory: inventory.value, targets: [first, ...others] }
    return found.targets.length === ids.length ? ok(found) : mixed(ids, found, look)
  }
  return gone(ids, names)
}

/** Some are of that cluster: the others are of another one, or of none. */
const mixed = async (
  ids: readonly string[],
  { cluster, targets }: Found,
  look: Look,
): Promise<Result<never>> => {
  const rest = ids.filter(id => !targets.some(target => target.id === id))
  const elsewhere = await findProxies(rest, look)
  if (!elsewhere.ok) return elsewhere
  return fail(
    'input.invalid',
    `${targets[0].id} is of ${cluster.name}, and ${rest[0]} of ${elsewhere.value.cluster.name}`,
    'name proxies of one cluster at a time',
  )
}

const gone = (ids: readonly string[], names: readonly string[]): Result<never> =>
  fail(
    'plan.impossible',
    `${ids.join(', ')}: in service in none of ${names.join(', ')}; gone, or parked already`,
    'look at the fleet again before deciding',
  )

/** What a plan says of an inventory that could not be made afresh. */
export const inventoryWarnings = ({ source, because }: Inventory): readonly string[] =>
  source === 'saved' ? [`the inventory is a saved one: ${because ?? 'EC2 cannot be asked'}`] : []
