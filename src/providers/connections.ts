import type { Result } from '../domain/result.js'
import type { Cluster, Frontend } from '../fleet/fleet.js'
import type { Target } from '../fleet/inventory.js'
import type { StatRow } from './contract.js'
import type { Baseline, Look } from './look.js'
import { compare, type Hot, type Seen } from './outliers.js'

/** The proxies of a cluster as their runtime APIs tell of them, compared with each other and with a calm day. */
export type Compared = {
  readonly seen: readonly Seen[]
  /** Those that did not answer; never counted as fine. */
  readonly unseen: readonly { readonly id: string; readonly reason: string }[]
  /** Hottest first. */
  readonly hot: readonly Hot[]
  readonly baseline: Baseline | undefined
}

/** Asks every proxy's runtime API at once, and compares the answers. It changes nothing, and opens one connection each. */
export const compareProxies = async (
  look: Pick<Look, 'providers' | 'baselines'>,
  { name, proxies }: Cluster,
  targets: readonly Target[],
): Promise<Compared> => {
  const answers = await Promise.all(targets.map(target => count(look, target, proxies.frontends)))
  const baseline = await look.baselines.read(name)
  const seen = answers.flatMap(({ answer }) => (answer.ok ? [answer.value] : []))
  const unseen = answers.flatMap(({ target, answer }) =>
    answer.ok ? [] : [{ id: target.id, reason: answer.failure.message }],
  )
  return { seen, unseen, hot: compare(seen, baseline?.connections), baseline }
}

type Counted = { readonly target: Target; readonly answer: Result<Seen> }

const count = async (
  look: Pick<Look, 'providers'>,
  target: Target,
  frontends: readonly Frontend[],
): Promise<Counted> => {
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
