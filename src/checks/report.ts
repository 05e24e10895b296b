import { formatDuration } from '../domain/duration.js'
import type { Failure } from '../domain/result.js'
import type { Cluster } from '../fleet/fleet.js'
import type { Inventory } from '../fleet/inventory.js'
import type { Look } from '../providers/look.js'
import type { Report } from './contract.js'

/** Nothing was seen: why. */
export const blind = (why: string, failure?: Failure): Report<never> => ({
  verdict: 'inconclusive',
  output: null,
  summary: why,
  ...(failure ? { failure } : {}),
})

/** Stands after a summary where the inventory is a saved one; else nothing. */
export const ageWords = ({ source, at, because }: Inventory, look: Look): string =>
  source === 'saved'
    ? ` [inventory of ${formatDuration(look.clock.now() - at)} ago: ${because ?? 'EC2 cannot be asked'}]`
    : ''

type Found =
  | { readonly group: Cluster; readonly inventory: Inventory }
  /** Why there is nothing to look at. */
  | { readonly blind: Report<never> }

/** The proxies of a cluster that a check is about. */
export const proxiesOf = async (cluster: string, look: Look): Promise<Found> => {
  const group = look.fleet.clusters[cluster]
  if (!group) return { blind: blind(`the fleet file knows no cluster ${cluster}`) }
  const found = await look.discover(cluster, 'proxy')
  if (!found.ok) return { blind: blind(found.failure.message, found.failure) }
  if (found.value.targets.length === 0)
    return { blind: blind(`no proxy of ${cluster} was found; an empty answer is no good news`) }
  return { group, inventory: found.value }
}
