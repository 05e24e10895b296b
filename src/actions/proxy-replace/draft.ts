import type { Fact, PlanDraft } from '../../domain/plan.js'
import type { Compared } from '../../providers/connections.js'
import { groupOf } from '../auto-scaling.js'
import { type Found, inventoryWarnings } from '../find-proxies.js'
import type { Inheritance } from '../proxy-life/inheritance.js'
import { changesFor, type Launch, newFor } from './changes.js'
import { commandsFor } from './commands.js'
import type { Leaving } from './leave.js'

export type Parts = {
  readonly found: Found
  readonly launch: Launch
  /** What there is to say about the places of the launch. */
  readonly warnings: readonly string[]
  readonly inheritance: Inheritance
  readonly leaving: readonly Leaving[]
  /** Ids of those that come in plans of their own. */
  readonly later: readonly string[]
  readonly serving: ReadonlySet<string>
  readonly compared: Compared
}

/** The plan of one batch, in words and as data. */
export const draft = (parts: Parts): PlanDraft => {
  const { found, launch, inheritance, leaving, later, serving, compared } = parts
  const { filters, allowlist } = inheritance
  const { cluster, inventory } = found
  const slots = leaving.map(({ target, leave }) => ({ old: target.id, launch, filters, leave }))
  const ids = slots.map(({ old }) => old)
  return {
    summary: summaryOf(parts),
    changes: slots.flatMap(changesFor),
    blast: {
      cluster: cluster.name,
      serving: serving.size,
      floor: cluster.proxies.minHealthy,
      takes: 0,
      unavailable: inventory.targets.length - serving.size,
      adds: slots.length,
      irreversible: false,
    },
    facts: factsOf(leaving),
    hot: Object.fromEntries(compared.hot.map(({ id, because }) => [id, because])),
    warnings: [
      ...leaving.flatMap(leaveWarnings),
      ...floorWarnings(parts),
      ...calmWarnings(parts),
      ...parts.warnings,
      ...inheritance.warnings,
      ...inventoryWarnings(inventory),
      ...leaving.flatMap(groupWarnings),
    ],
    undo: [...undoOf(leaving), ...inheritance.undo],
    confirm: ids.length === 1 ? `${ids[0]}` : `${cluster.name} ${ids.length}`,
    ...(ids.length === 1
      ? {}
      : { atLeast: { level: 'typed', reason: `it replaces ${ids.length} proxies on one consent` } }),
    predicted: { replaced: [...ids, ...later].map(old => ({ old, new: newFor(old) })), dropped: [] },
    commands: slots.flatMap(slot => commandsFor(slot, inheritance.commands)),
    locks: [`cluster:${cluster.name}`],
    ...(allowlist === undefined ? {} : { allowlist }),
  }
}

const summaryOf = ({ found: { cluster }, leaving, later }: Parts): string => {
  const ids = leaving.map(({ target }) => target.id)
  const [only] = leaving
  const rest =
    later.length === 0 ? '' : `; ${later.length} more after that, by plans of their own: ${later.join(', ')}`
  if (ids.length > 1 || !only)
    return `Replace ${ids.length} proxies of ${cluster.name}, one after the other, each by a new one: ${ids.join(', ')}${rest}`
  const gone = only.publicIp === undefined ? leaveWords(only) : `move ${only.publicIp} to it`
  return `Replace ${only.target.id} of ${cluster.name} by a new proxy, ${gone}, park ${only.target.id}${rest}`
}

const leaveWords = ({ target, leave }: Leaving): string =>
  leave.by === 'nothing' ? `leave what is connected to ${target.id}` : `send the clients of ${target.id} away`

const factsOf = (leaving: readonly Leaving[]): readonly Fact[] => {
  const counts = leaving.flatMap(({ connections }) => connections ?? [])
  if (counts.length === 0) return []
  const value = counts.reduce((sum, count) => sum + count, 0)
  const isMoved = leaving.some(({ leave }) => leave.by === 'move')
  const label = isMoved
    ? `connections cut by the move${leaving.length === 1 ? '' : 's'}`
    : 'open connections that are to leave'
  return [{ label, value, unit: 'connections', worse: 'higher' }]
}

const leaveWarnings = ({ target: { id }, leave, publicIp, connections }: Leaving): readonly string[] => {
  if (leave.by === 'nothing')
    return [
      `${id} does not answer: its frontends cannot be stopped nor its sessions shut; what is connected to it stays so`,
    ]
  if (leave.by === 'drain')
    return [
      `sessions that still live on ${id} ${leave.deadlineSeconds}s after it accepts no more are shut, on every server behind it; that cannot be taken back, their clients have to connect again`,
    ]
  const unknown = connections === undefined ? '; how many is not known, it does not answer' : ''
  return [`moving ${publicIp} breaks every open connection of ${id} at once${unknown}`]
}

/** The gate does not refuse it, because the number never sinks; each op that takes one out looks at the floor again. */
const floorWarnings = ({ found: { cluster }, leaving, serving }: Parts): readonly string[] => {
  const floor = cluster.proxies.minHealthy
  const live = leaving.filter(({ target }) => serving.has(target.id)).map(({ target }) => target.id)
  if (serving.size >= floor || live.length === 0) return []
  return [
    `${serving.size} proxies of ${cluster.name} serve, and min_healthy is ${floor}: as long as that is so, ${live.join(', ')} cannot be taken out even where the new one serves; replace first what does not serve`,
  ]
}

/** Replacing what is in order helps nobody: perhaps it has cooled since it was named. */
const calmWarnings = ({ leaving, compared }: Parts): readonly string[] => {
  const calm = leaving.filter(
    ({ target }) =>
      compared.seen.some(({ id }) => id === target.id) && compared.hot.every(({ id }) => id !== target.id),
  )
  return calm.map(({ target }) => `${target.id} answers, and does not stand out among its peers now`)
}

const groupWarnings = ({ target }: Leaving): readonly string[] => {
  const group = groupOf(target)
  return group === undefined
    ? []
    : [`${target.id} belongs to Auto Scaling group ${group}, which may act on its own`]
}

const undoOf = (leaving: readonly Leaving[]): readonly string[] => {
  const [only, ...more] = leaving
  const parked = `the new ${more.length === 0 ? 'proxy is' : 'proxies are'} parked, and run${more.length === 0 ? 's' : ''} until ${more.length === 0 ? 'it is' : 'they are'} reaped`
  if (only?.publicIp !== undefined)
    return [
      more.length === 0
        ? `${only.publicIp} goes back to ${only.target.id}, which is in service again (that cuts connections once more)`
        : 'each address goes back to its old proxy, the last one first, which is in service again (that cuts connections once more)',
      parked,
    ]
  const old = more.length === 0 ? `${only?.target.id}` : 'each old proxy, the last one first,'
  return [
    `${old} is in service again, and accepts on the frontends that were stopped`,
    'sessions that were shut are not brought back: their clients connect again by themselves',
    `${parked}; clients that came meanwhile stay there until they leave`,
  ]
}
