import { fail, ok, type Result } from '../../domain/result.js'
import type { Hands } from '../contract.js'

export type Held = { readonly cluster: string; readonly admin: string }

/** Client sessions on the frontends that the fleet file names: HAProxy may have others, for its statistics. */
export const sessionsOn = async (
  { cluster: name, admin }: Held,
  { fleet, providers }: Pick<Hands, 'fleet' | 'providers'>,
): Promise<Result<number>> => {
  const cluster = fleet.clusters[name]
  if (!cluster)
    return fail('fleet.unknown-cluster', `the fleet file no longer knows ${name}`, 'restore it, then resume')
  const stat = await providers.haproxy(admin).stat()
  if (!stat.ok) return stat
  const names = new Set(cluster.proxies.frontends.map(frontend => frontend.name))
  const ours = stat.value.filter(({ type, proxy }) => type === 'frontend' && names.has(proxy))
  return ok(ours.reduce((sum, { sessions }) => sum + sessions, 0))
}
