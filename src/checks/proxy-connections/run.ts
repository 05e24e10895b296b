import { type Compared, compareProxies } from '../../providers/connections.js'
import type { Baseline, Look } from '../../providers/look.js'
import { median } from '../../providers/outliers.js'
import type { Report } from '../contract.js'
import { ageWords, proxiesOf } from '../report.js'
import type { Input, Output } from './schema.js'

/** Compares all proxies; a calm sight of them becomes the baseline of later ones. */
export const run = async ({ cluster }: Input, look: Look): Promise<Report<Output>> => {
  const found = await proxiesOf(cluster, look)
  if ('blind' in found) return found.blind
  const { group, inventory } = found
  const compared = await compareProxies(look, group, inventory.targets)
  const output = { ...outputOf(compared), address: group.proxies.address }
  if (output.proxies.length === 0)
    return {
      verdict: 'inconclusive',
      output,
      summary: `none of ${inventory.targets.length} proxies of ${cluster} answered${ageWords(inventory, look)}`,
    }
  const calm = output.hot.length === 0 && output.unseen.length === 0
  if (calm && isNews(compared.baseline, output.median, look))
    await look.baselines.record(cluster, { connections: output.median, at: look.clock.now() })
  return {
    verdict: calm ? 'pass' : 'fail',
    output,
    summary: `${words(cluster, output)}${ageWords(inventory, look)}`,
  }
}

/** Baselines follow the seasons, not an incident: once a day, and only where the day looks like the last one. */
const BASELINE_AGE_MS = 86_400_000
const BASELINE_DRIFT = 1.3

const isNews = (baseline: Baseline | undefined, median: number, look: Look): boolean => {
  if (!baseline) return true
  const near =
    median <= baseline.connections * BASELINE_DRIFT && median * BASELINE_DRIFT >= baseline.connections
  return near && look.clock.now() - baseline.at >= BASELINE_AGE_MS
}

const outputOf = ({ seen, unseen, hot }: Compared): Omit<Output, 'address'> => {
  const first = hot[0]?.id ?? unseen[0]?.id
  return {
    proxies: seen.map(({ fill: _, ...proxy }) => proxy),
    hot: hot.map(({ fill: _, ...proxy }) => proxy),
    unseen: [...unseen],
    worst: first === undefined ? [] : [first],
    hot_share: seen.length === 0 ? 0 : hot.length / seen.length,
    median: median(seen.map(({ connections }) => connections)),
  }
}

const words = (cluster: string, { proxies, hot, unseen, median: middle }: Output): string => {
  const parts = [
    ...hot.map(({ id, connections, because }) => `${id} has ${connections} connections (${because})`),
    ...unseen.map(({ id, reason }) => `${id} is not seen (${reason})`),
  ]
  const all = `${proxies.length} proxies of ${cluster} answered, median ${Math.round(middle)} connections`
  return parts.length === 0 ? `${all}, none stands out` : `${all}; ${parts.join('; ')}`
}
