import type { Result } from '../../domain/result.js'
import type { ProxyGroup } from '../../fleet/fleet.js'
import type { Target } from '../../fleet/inventory.js'
import { frontendUrls } from '../../fleet/target.js'
import type { HaproxyLevel, StatRow } from '../../providers/contract.js'
import { type Examination, ofFleet, type WithFleet } from './contract.js'
import { type Complaint, complaintOf, reachAll } from './reach.js'

/** Of every proxy: its runtime API, what that may do, its frontends, and the data path through each of them. */
export const proxyRows: Examination = {
  name: 'proxies',
  examine: ofFleet(async ({ fleet, look }) => {
    const rows = Object.values(fleet.clusters).map(({ name, proxies }) =>
      reachAll({
        cluster: name,
        role: 'proxy',
        look,
        examine: target => examineProxy(target, proxies, look),
        well: 'answer at level admin, have every frontend, and serve through each',
      }),
    )
    return (await Promise.all(rows)).flat()
  }),
}

const examineProxy = async (
  target: Target,
  group: ProxyGroup,
  { providers }: WithFleet['look'],
): Promise<readonly Complaint[]> => {
  const api = providers.haproxy(target.admin ?? '')
  const [level, stat, ...paths] = await Promise.all([
    api.level(),
    api.stat(),
    ...frontendUrls(target, group).map(url => providers.memcached(url).version()),
  ])
  return [
    ...(stat.ok ? levelComplaints(level) : []), // who does not answer at all says so once
    ...frontendComplaints(stat, group),
    ...paths.flatMap(path => (path.ok ? [] : [complaintOf(path.failure)])),
  ]
}

const levelComplaints = (level: Result<HaproxyLevel>): readonly Complaint[] => {
  if (!level.ok) return [complaintOf(level.failure)]
  if (level.value === 'admin') return []
  return [
    {
      severity: 'fail',
      detail: `Its socket is at level ${level.value}: it can be looked at, and nothing can be changed.`,
      next: 'Write `stats socket … level admin` in its haproxy.cfg.',
    },
  ]
}

const frontendComplaints = (
  stat: Result<readonly StatRow[]>,
  { frontends }: ProxyGroup,
): readonly Complaint[] => {
  if (!stat.ok) return [complaintOf(stat.failure)]
  const there = new Set(stat.value.filter(({ type }) => type === 'frontend').map(({ proxy }) => proxy))
  const missing = frontends.filter(({ name }) => !there.has(name)).map(({ name }) => name)
  if (missing.length === 0) return []
  return [
    {
      severity: 'fail',
      detail: `It has no frontend ${missing.join(', ')}; it has ${[...there].join(', ') || 'none'}.`,
      next: 'Compare `frontends` in the fleet file with its haproxy.cfg.',
    },
  ]
}
