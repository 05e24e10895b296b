import type { Blast, PlanDraft } from '../../domain/plan.js'
import { fail, ok, type Result } from '../../domain/result.js'
import type { Target } from '../../fleet/inventory.js'
import type { StatRow } from '../../providers/contract.js'
import type { Look } from '../../providers/look.js'
import { whoServes } from '../../providers/serving.js'
import { type Found, findProxies, inventoryWarnings } from '../find-proxies.js'
import { stateOf, type Turn, WAYS } from '../proxy-life/ways.js'
import { bySocat } from '../socat.js'
import type { Input } from './schema.js'
import { byProxy, changesFor, type Frontend } from './turn.js'

/** What turning every frontend of these proxies would do now. */
export const plan =
  (turn: Turn) =>
  async ({ proxies }: Input, look: Look): Promise<Result<PlanDraft>> => {
    const found = await findProxies([...new Set(proxies)], look)
    if (!found.ok) return found
    const seen = await allFrontends(found.value, look)
    if (!seen.ok) return seen
    const { from, to } = WAYS[turn]
    const todo = seen.value.filter(({ row }) => stateOf(row) === from && !isGone(row))
    const ids = found.value.targets.map(({ id }) => id).join(', ')
    if (todo.length === 0)
      return fail('plan.nothing-to-do', `no frontend of ${ids} could be ${to} that is not so already`, 'go on')
    const serving = await whoServes(look, found.value.inventory.targets)
    return ok(draft({ turn, found: found.value, seen: seen.value, todo, serving }))
  }

type Seen = Frontend & { readonly row: StatRow }

const allFrontends = async (found: Found, look: Look): Promise<Result<readonly Seen[]>> => {
  const seen: Seen[] = []
  const each = await Promise.all(found.targets.map(target => frontendsOf(target, found, look)))
  for (const one of each) {
    if (!one.ok) return one
    seen.push(...one.value)
  }
  return ok(seen)
}

/** Of the fleet file's frontends: HAProxy may have others, for its statistics or another service. */
const frontendsOf = async (
  { id: proxy, admin = '' }: Target,
  { cluster }: Found,
  look: Look,
): Promise<Result<readonly Seen[]>> => {
  const stat = await look.providers.haproxy(admin).stat()
  if (!stat.ok) return stat
  const rows = stat.value.filter(({ type }) => type === 'frontend')
  const { frontends } = cluster.proxies
  const missing = frontends.filter(({ name }) => !rows.some(row => row.proxy === name))
  if (missing.length > 0)
    return fail(
      'plan.impossible',
      `${proxy} has no frontend ${missing.map(({ name }) => name).join(', ')}`,
      'compare `frontends` in the fleet file with `show stat` on that proxy',
    )
  return ok(
    frontends.flatMap(({ name }) =>
      rows.filter(row => row.proxy === name).map(row => ({ proxy, frontend: name, admin, row })),
    ),
  )
}

/** Shut down for good: only a restart of HAProxy opens it again. */
const isGone = ({ status }: StatRow): boolean => status === 'STOP'

type Draft = {
  readonly turn: Turn
  readonly found: Found
  readonly seen: readonly Seen[]
  readonly todo: readonly Seen[]
  readonly serving: ReadonlySet<string>
}

const draft = ({ turn, found, seen, todo, serving }: Draft): PlanDraft => {
  const { cluster, inventory } = found
  const proxies = byProxy(todo)
  const ids = proxies.map(({ proxy }) => proxy)
  const frontends = `${todo.length} ${todo.length === 1 ? 'frontend' : 'frontends'} of ${ids.join(', ')}`
  return {
    summary: `${WAYS[turn].words} ${frontends}, of ${cluster.name}`,
    changes: changesFor(turn, todo),
    blast: blastOf(turn, found, ids, serving),
    facts: turn === 'disable' ? [openConnections(todo)] : [],
    warnings: [
      ...(turn === 'disable' && cluster.proxies.address === 'elastic-ip' ? [STILL_LED_THERE] : []),
      ...seen.filter(({ row }) => isGone(row)).map(goneWords),
      ...inventoryWarnings(inventory),
    ],
    undo: [
      turn === 'disable'
        ? `${frontends} accept new connections again`
        : `${frontends} accept no new connections any more, as before; that takes capacity away`,
    ],
    confirm: ids.length === 1 ? `${ids[0]}` : `${cluster.name} ${ids.length}`,
    predicted: turn === 'disable' ? { drained: proxies } : { enabled: proxies },
    commands: todo.map(one => bySocat(`${turn} frontend ${one.frontend}`, one.admin)),
    locks: [`cluster:${cluster.name}`],
  }
}

const STILL_LED_THERE = 'elastic IPs stay where they are: who connects anew by one of them is refused'

/** A proxy counts as a whole, also where only some of its frontends are turned. */
const blastOf = (
  turn: Turn,
  { cluster, inventory }: Found,
  ids: readonly string[],
  serving: ReadonlySet<string>,
): Blast => {
  const takes = turn === 'disable' ? ids.filter(id => serving.has(id)).length : 0
  return {
    cluster: cluster.name,
    serving: serving.size,
    floor: cluster.proxies.minHealthy,
    takes,
    unavailable: inventory.targets.length - serving.size + takes,
    adds: turn === 'enable' ? ids.length : 0,
    irreversible: false,
  }
}

const openConnections = (todo: readonly Seen[]) =>
  ({
    label: 'open connections that stay',
    value: todo.reduce((sum, { row }) => sum + row.sessions, 0),
    unit: 'connections',
    worse: 'higher',
  }) as const

const goneWords = ({ proxy, frontend }: Seen): string =>
  `${frontend} of ${proxy} was shut down for good: only a restart of its HAProxy opens it again`
