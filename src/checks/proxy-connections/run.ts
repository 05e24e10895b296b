import { formatDuration } from '../../domain/duration.js'
import type { Failure, Result } from '../../domain/result.js'
import type { Frontend } from '../../fleet/fleet.js'
import type { Inventory, Target } from '../../fleet/inventory.js'
import type { StatRow } from '../../providers/contract.js'
import type { Baseline, Look } from '../../providers/look.js'
import type { Report } from '../contract.js'
import { compare, median, type Seen } from './outliers.js'
import type { Input, Output } from './schema.js'

/** Asks every proxy's runtime API at once, and compares the answers. It changes nothing, and opens one connection each. */
export const run = async ({ cluster }: Input, look: Look): Promise<Report<Output>> => {
  const group = look.fleet.clusters[cluster]
  if (!group) return blind(`the fleet file knows no cluster ${cluster}`)
  const found = await look.discover(cluster, 'proxy')
  if (!found.ok) return blind(found.failure.message, found.failure)
  const inventory = found.value
  if (inventory.targets.length === 0)
    return blind(`no proxy of ${cluster} was found; an empty answer is no good news`)
  const answers = await Promise.all(
    inventory.targets.map(target => count(look, target, group.proxies.frontends)),
  )
  const baseline = await look.baselines.read(cluster)
  const output = judge(answers, baseline?.connections)
  if (output.proxies.length === 0)
    return {
      verdict: 'inconclusive',
      output,
      summary: `none of ${answers.length} proxies of ${cluster} answered${age(inventory, look)}`,
    }
  const calm = output.hot.length === 0 && output.unseen.length === 0
  if (calm && isNews(baseline, output.median, look))
    await look.baselines.record(cluster, { connections: output.median, at: look.clock.now() })
  return {
    verdict: calm ? 'pass' : 'fail',
    output,
    summary: `${words(cluster, output)}${age(inventory, look)}`,
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

type Counted = { readonly target: Target; readonly answer: Result<Seen> }

const count = async (look: Look, target: Target, frontends: readonly Frontend[]): Promise<Counted> => {
  if (target.admin === undefined) throw new Error(`proxy ${target.id} has no runtime API address`)
  const stat = await look.providers.haproxy(target.admin).stat()
  return { target, answer: stat.ok ? { ok: true, value: tally(target.id, stat.value, frontends) } : stat }
}

/** Connections of the fleet's frontends; how full it is is the fullest frontend's business, not the sum's. */
const tally = (id: string, rows: readonly StatRow[], frontends: readonly Frontend[]): Seen => {
  const names = new Set(frontends.map(({ name }) => name))
  const ours = rows.filter(row => row.type === 'frontend' && (names.size === 0 || names.has(row.proxy)))
  const connections = ours.reduce((sum, row) => sum + row.sessions, 0)
  const limited = ours.filter(row => (row.limit ?? 0) > 0)
  const fill = Math.max(0, ...limited.map(row => row.sessions / (row.limit ?? 1)))
  const limit = limited.reduce((sum, row) => sum + (row.limit ?? 0), 0)
  return { id, connections, fill, ...(limit > 0 ? { limit } : {}) }
}

const judge = (answers: readonly Counted[], baseline: number | undefined): Output => {
  const seen = answers.flatMap(({ answer }) => (answer.ok ? [answer.value] : []))
  const unseen = answers.flatMap(({ target, answer }) =>
    answer.ok ? [] : [{ id: target.id, reason: answer.failure.message }],
  )
  const hot = compare(seen, baseline)
  const first = hot[0]?.id ?? unseen[0]?.id
  return {
    proxies: seen.map(({ fill: _, ...proxy }) => proxy),
    hot: hot.map(({ fill: _, ...proxy }) => proxy),
    unseen,
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

const age = ({ source, at, because }: Inventory, look: Look): string =>
  source === 'saved'
    ? ` [inventory of ${formatDuration(look.clock.now() - at)} ago: ${because ?? 'EC2 cannot be asked'}]`
    : ''

const blind = (why: string, failure?: Failure): Report<Output> => ({
  verdict: 'inconclusive',
  output: null,
  summary: why,
  ...(failure ? { failure } : {}),
})
