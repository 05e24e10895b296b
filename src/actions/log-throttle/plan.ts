import { noCapacity, type PlanDraft } from '../../domain/plan.js'
import { fail, ok, type Result } from '../../domain/result.js'
import type { Target } from '../../fleet/inventory.js'
import type { Look } from '../../providers/look.js'
import { verbosityOf } from '../../providers/memcached/verbosity.js'
import { inventoryWarnings } from '../find-proxies.js'
import { type Errand, errandByHand, hostFor } from '../over-ssh/errand.js'
import { shellLine } from '../shell-line.js'
import { changesFor, type Throttling } from './changes.js'
import { type ShardLevel, setVerbosity } from './ops/set-verbosity.js'
import type { Input } from './schema.js'

/** What would make the cluster log less now; whatever already logs as little as it can is left out. */
export const plan = async ({ cluster }: Input, look: Look): Promise<Result<PlanDraft>> => {
  const proxies = await proxyErrands(cluster, look)
  if (!proxies.ok) return proxies
  const shards = await shardLevels(cluster, look)
  if (!shards.ok) return shards
  const { errands } = proxies.value
  const { levels } = shards.value
  const warnings = [...proxies.value.warnings, ...shards.value.warnings]
  if (errands.length + levels.length > 0) return ok(draft(cluster, look, { errands, levels }, warnings))
  return fail(
    'plan.nothing-to-do',
    `nothing of ${cluster} can be made to log less${warnings.map(one => `; ${one}`).join('')}`,
    'go on',
  )
}

type Proxies = { readonly errands: readonly Errand[]; readonly warnings: readonly string[] }

/** A command that only sets a limit: it is not looked at what it would change. */
const TIMEOUT_MS = 60_000

const proxyErrands = async (cluster: string, look: Look): Promise<Result<Proxies>> => {
  const { log } = look.fleet
  if (!log) return ok({ errands: [], warnings: [NO_COMMANDS] })
  const found = await look.discover(cluster, 'proxy')
  if (!found.ok) return found
  const errands: Errand[] = []
  for (const target of found.value.targets) {
    const host = hostFor(target, look.fleet)
    if (!host.ok) return host
    const { throttle: argv, restore: undo } = log
    errands.push({
      target: target.id,
      host: host.value,
      argv: [...argv],
      timeout: TIMEOUT_MS,
      exits: [0],
      undo: [...undo],
    })
  }
  return ok({ errands, warnings: inventoryWarnings(found.value) })
}

const NO_COMMANDS =
  'proxies log on as before: HAProxy’s runtime API has no command for its logs, and the fleet file names none (`log: { throttle, restore }`)'

type Shards = { readonly levels: readonly ShardLevel[]; readonly warnings: readonly string[] }

const shardLevels = async (cluster: string, look: Look): Promise<Result<Shards>> => {
  if (!look.fleet.clusters[cluster]?.shards) return ok({ levels: [], warnings: [] })
  const found = await look.discover(cluster, 'shard')
  if (!found.ok) return found
  const seen = await Promise.all(found.value.targets.map(target => levelOf(target, look)))
  return ok({
    levels: seen.flatMap(one => (typeof one === 'string' ? [] : one.from > 0 ? [one] : [])),
    warnings: [...seen.filter(one => typeof one === 'string'), ...inventoryWarnings(found.value)],
  })
}

const levelOf = async ({ id, data }: Target, { providers }: Look): Promise<ShardLevel | string> => {
  const level = await verbosityOf(providers.memcached(data))
  if (!level.ok) return `${id} logs on as before: ${level.failure.message}`
  return { shard: id, data, from: level.value, to: 0 }
}

const draft = (cluster: string, { fleet }: Look, todo: Throttling, warnings: readonly string[]): PlanDraft => {
  const { errands, levels } = todo
  const proxies = errands.map(({ target }) => target)
  const shards = levels.map(({ shard }) => shard)
  return {
    summary: `Make ${cluster} log less: ${[...counted(proxies, 'proxy', 'proxies'), ...counted(shards, 'shard', 'shards')].join(', ')}`,
    changes: changesFor(todo),
    blast: noCapacity(false),
    facts: [],
    warnings,
    undo: [
      ...(proxies.length > 0 ? [`run ${shellLine(fleet.log?.restore ?? [])} on each of those proxies`] : []),
      ...levels.map(({ shard, from }) => `the verbosity of ${shard} is ${from} again`),
    ],
    confirm: `${cluster} ${proxies.length + shards.length}`,
    predicted: { proxies, shards },
    commands: [...errands.map(errandByHand), ...levels.map(one => setVerbosity.byHand?.(one) ?? '')],
    locks: [`cluster:${cluster}`],
    atLeast: { level: 'operator', reason: 'what is not logged cannot be looked up later' },
    ...(errands.length > 0 ? { outside: true } : {}),
  }
}

const counted = (ids: readonly string[], one: string, more: string): string[] =>
  ids.length === 0 ? [] : [`${ids.length} ${ids.length === 1 ? one : more}`]
