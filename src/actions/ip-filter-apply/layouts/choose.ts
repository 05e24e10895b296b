import { fail, ok, type Result } from '../../../domain/result.js'
import type { Cluster, FilterBy } from '../../../fleet/fleet.js'
import { layInDenyList } from './deny-list.js'
import type { Layout } from './layout.js'
import { layInNetworkAcl } from './network-acl.js'
import { layInNftables } from './nftables.js'

const LAYOUTS: { readonly [By in FilterBy]: Layout } = {
  deny_list: layInDenyList,
  nftables: layInNftables,
  network_acl: layInNetworkAcl,
}

/** As it is asked for, or as the fleet file says; else at the proxies, which hits no other cluster, before the ACL. */
export const chooseLayout = (
  by: FilterBy | undefined,
  { name, filterBy, proxies, networkAcl }: Cluster,
): Result<{ readonly by: FilterBy; readonly layOut: Layout }> => {
  const named = by ?? filterBy
  const chosen = named ?? (proxies.denyList !== undefined ? 'deny_list' : networkAcl && 'network_acl')
  if (chosen !== undefined) return ok({ by: chosen, layOut: LAYOUTS[chosen] })
  return fail(
    'plan.impossible',
    `the fleet file does not say how a client of ${name} is blocked`,
    'write `deny_list` at its proxies, `network_acl`, or `filter_by: nftables`; or choose with `by`',
  )
}
