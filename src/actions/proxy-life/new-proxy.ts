import { fail, ok, type Result } from '../../domain/result.js'
import type { ProxyGroup } from '../../fleet/fleet.js'
import type { Target } from '../../fleet/inventory.js'
import { instanceTarget } from '../../fleet/target.js'
import type { Hands } from '../contract.js'

export type NewProxy = { readonly instance: string; readonly cluster: string; readonly private_ip: string }

/** What was launched, as a target: made from the fleet file, because discovery passes over it until it serves. */
export const newProxyTarget = (
  { instance, cluster: name, private_ip }: NewProxy,
  { fleet }: Pick<Hands, 'fleet'>,
): Result<{ readonly target: Target; readonly proxies: ProxyGroup }> => {
  const cluster = fleet.clusters[name]
  if (!cluster)
    return fail('fleet.unknown-cluster', `the fleet file no longer knows ${name}`, 'restore it, then resume')
  const group = { cluster, role: 'proxy', definition: cluster.proxies } as const
  const target = instanceTarget(group, { id: instance, privateIp: private_ip, tags: {} })
  return ok({ target, proxies: cluster.proxies })
}
