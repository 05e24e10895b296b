import type { PlanDraft } from '../../domain/plan.js'
import type { Cluster } from '../../fleet/fleet.js'
import type { Inventory } from '../../fleet/inventory.js'
import type { Look } from '../../providers/look.js'
import { denialAt, type Inherited } from '../ip-filter/inherited.js'
import { mechanismOf } from '../ip-filter/mechanisms/mechanisms.js'
import { outsideAcls } from '../ip-filter/outside-acls.js'
import { standingAtCluster } from '../ip-filter/standing-at-cluster.js'
import { newProxyTarget } from './new-proxy.js'
import { reachOf } from './reach.js'

/** What each proxy that is launched by a plan gets of the filters that stand, and what the plan says of it. */
export type Inheritance = Pick<PlanDraft, 'allowlist' | 'commands' | 'undo' | 'warnings'> & {
  readonly filters: readonly Inherited[]
}

export const inheritanceOf = async (
  cluster: Cluster,
  { inventory, subnets }: { readonly inventory: Inventory; readonly subnets: readonly string[] },
  look: Look,
): Promise<Inheritance> => {
  const [{ filters, warnings, ...allowlist }, outside] = await Promise.all([
    standingAtCluster(cluster, inventory, look),
    outsideAcls(cluster.name, subnets, look),
  ])
  return {
    ...allowlist,
    filters,
    warnings: [...warnings, ...outside],
    commands: commandsFor(filters, cluster.name, look),
    undo: filters.length === 0 ? [] : ['the filters that were put up at a new proxy are taken away from it'],
  }
}

/** What the operator fills in: the private address of what was launched. */
const NEW = { instance: '<new>', private_ip: 'PRIVATE_IP' }

const commandsFor = (filters: readonly Inherited[], cluster: string, look: Look): readonly string[] => {
  const found = newProxyTarget({ ...NEW, cluster }, look)
  if (!found.ok) return []
  const at = { ...reachOf(found.value.target, look.fleet), ...NEW, cluster }
  return filters.flatMap(one => {
    const denial = denialAt(one, at)
    return mechanismOf(denial).byHand.put(denial, one.until - look.clock.now())
  })
}
