import { proxyConnections } from '../../checks/proxy-connections/schema.js'
import type { Inventory } from '../../fleet/inventory.js'
import type { Look } from '../../providers/look.js'
import type { ClusterState, ClusterView, ProxyView } from './contract.js'

/** One cluster as the check `proxy.connections` judges it: what a runbook would say, and nothing else. */
export const judge = async (cluster: string, look: Look): Promise<ClusterView> => {
  let inventory: Inventory | undefined
  const discover: Look['discover'] = async (...asked) => {
    const found = await look.discover(...asked)
    if (found.ok) inventory = found.value
    return found
  }
  const { run } = await proxyConnections.load()
  const { verdict, output, summary, failure } = await run({ cluster }, { ...look, discover })
  return {
    cluster,
    state: stateOf(verdict, output?.hot.length ?? 0),
    summary,
    ...(failure ? { next: failure.next } : {}),
    ...(inventory ? { inventory: originOf(inventory) } : {}),
    ...(output && output.proxies.length > 0 ? { median: output.median } : {}),
    proxies: output ? proxiesOf(output, inventory) : [],
  }
}

const stateOf = (verdict: 'pass' | 'fail' | 'inconclusive', hot: number): ClusterState => {
  if (verdict === 'pass') return 'calm'
  if (verdict === 'inconclusive') return 'unknown'
  return hot > 0 ? 'hot' : 'unseen'
}

const originOf = ({ at, source, because }: Inventory): ClusterView['inventory'] & {} => ({
  at,
  source,
  ...(because === undefined ? {} : { because }),
})

type Output = NonNullable<
  Awaited<ReturnType<Awaited<ReturnType<typeof proxyConnections.load>>['run']>>['output']
>

/** Hot, hottest first; then what is not seen; then the calm ones, the fullest first. */
const proxiesOf = (
  { proxies, hot, unseen }: Output,
  inventory: Inventory | undefined,
): readonly ProxyView[] => {
  const placed = (proxy: ProxyView): ProxyView => {
    const zone = inventory?.targets.find(({ id }) => id === proxy.id)?.zone
    return zone === undefined ? proxy : { ...proxy, zone }
  }
  const isHot = new Set(hot.map(({ id }) => id))
  const calm = proxies.filter(({ id }) => !isHot.has(id)).sort((a, b) => b.connections - a.connections)
  return [
    ...hot.map((proxy): ProxyView => ({ ...counted(proxy), state: 'hot', why: proxy.because })),
    ...unseen.map(({ id, reason }): ProxyView => ({ id, state: 'unseen', why: reason })),
    ...calm.map((proxy): ProxyView => ({ ...counted(proxy), state: 'calm' })),
  ].map(placed)
}

const counted = ({ id, connections, limit }: Output['proxies'][number]) => ({
  id,
  connections,
  ...(limit === undefined ? {} : { limit }),
})
