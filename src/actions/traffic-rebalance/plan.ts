import type { Blast, PlanDraft } from '../../domain/plan.js'
import { fail, ok, type Result } from '../../domain/result.js'
import type { ServerRow } from '../../providers/contract.js'
import type { Look } from '../../providers/look.js'
import { askEach, clusterProxies, leftOut, noProxyLess, type Told, wordFor } from '../cluster-proxies.js'
import { type Found, inventoryWarnings } from '../find-proxies.js'
import { bySocat } from '../socat.js'
import { entryFor } from './apply.js'
import type { Input } from './schema.js'
import { changesFor, nameOf, type WeightChange, wouldStarve } from './weights.js'

type Servers = Told<readonly ServerRow[]>

/** What setting these weights would do now, on every proxy that is meant. */
export const plan = async (input: Input, look: Look): Promise<Result<PlanDraft>> => {
  const found = await clusterProxies(input, look)
  if (!found.ok) return found
  const asked = await askEach(found.value, look, haproxy => haproxy.servers())
  if (!asked.ok) return asked
  const wanted = weightsOn(asked.value, input)
  if (!wanted.ok) return wanted
  const todo = wanted.value.filter(({ from, to }) => from !== to)
  if (todo.length === 0)
    return fail('plan.nothing-to-do', `every proxy of ${input.cluster} has these weights already`, 'go on')
  const starved = starvedBy(asked.value, todo)
  if (starved.length > 0) return starving(starved)
  const blast = await noProxyLess(found.value, look)
  return ok(draft({ found: found.value, asked: asked.value, todo, blast }))
}

/** Every weight that is written, on every proxy; all of them must have such a server. */
const weightsOn = (asked: readonly Servers[], { weights }: Input): Result<readonly WeightChange[]> => {
  const changes: WeightChange[] = []
  const missing: string[] = []
  for (const { proxy, admin, said } of asked)
    for (const [name, to] of Object.entries(weights)) {
      const row = said.find(one => nameOf(one) === name)
      if (!row) missing.push(`${proxy} has no server ${name}`)
      else changes.push({ proxy, admin, backend: row.backend, server: row.server, from: row.weight, to })
    }
  if (missing.length === 0) return ok(changes)
  return fail(
    'plan.impossible',
    missing.join(', '),
    'compare with `show servers state` on that proxy; or name in `proxies` those that have it',
  )
}

const starvedBy = (asked: readonly Servers[], todo: readonly WeightChange[]): readonly string[] =>
  asked.flatMap(({ proxy, said }) => {
    const changes = todo.filter(change => change.proxy === proxy)
    const backends = [...new Set(changes.map(({ backend }) => backend))]
    return backends
      .filter(backend => wouldStarve(said, backend, changes))
      .map(backend => `${backend} of ${proxy}`)
  })

const starving = (starved: readonly string[]): Result<never> =>
  fail(
    'plan.impossible',
    `it would leave ${starved.join(', ')} without any server that gets new connections`,
    'give another server there, one that is up, a weight above 0 as well; to stop whole proxies use proxy.drain',
  )

type Draft = {
  readonly found: Found
  readonly asked: readonly Servers[]
  readonly todo: readonly WeightChange[]
  readonly blast: Blast
}

const draft = ({ found, asked, todo, blast }: Draft): PlanDraft => {
  const { cluster } = found
  const proxies = [...new Set(todo.map(({ proxy }) => proxy))]
  const servers = [...new Set(todo.map(nameOf))]
  const weights = `${todo.length} ${todo.length === 1 ? 'weight' : 'weights'}`
  return {
    summary: `Set ${weights} on ${proxies.length} of ${found.inventory.targets.length} proxies of ${cluster.name}, of ${servers.join(', ')}`,
    changes: changesFor(todo),
    blast,
    facts: [],
    warnings: warnings(found, asked, todo),
    undo: [
      `${weights} as before, newest first; one that somebody else sets meanwhile stays, and is named`,
      'a restart or a reload of HAProxy forgets them: then its configuration file says what each server weighs',
    ],
    confirm: wordFor(cluster.name, proxies),
    predicted: { rebalanced: todo.map(entryFor) },
    commands: todo.map(change => bySocat(`set weight ${nameOf(change)} ${change.to}`, change.admin)),
    locks: [`cluster:${cluster.name}`],
    atLeast: { level: 'operator', reason: 'it sends clients to other servers' },
  }
}

const warnings = (
  found: Found,
  asked: readonly Servers[],
  todo: readonly WeightChange[],
): readonly string[] => {
  const others = leftOut(found)
  const emptied = [...new Set(todo.filter(({ to }) => to === 0).map(nameOf))]
  return [
    'what a server gets that another one had before is not in its cache: expect misses until it is',
    ...(emptied.length > 0 ? [`${emptied.join(', ')}: no new connections; live ones stay`] : []),
    ...(others.length > 0
      ? [`${others.join(', ')}: not named, and so not changed; the same key is then looked for in two places`]
      : []),
    ...todo.flatMap(change => withoutEffect(asked, change)),
    ...inventoryWarnings(found.inventory),
  ]
}

const withoutEffect = (asked: readonly Servers[], change: WeightChange): readonly string[] => {
  const rows = asked.find(({ proxy }) => proxy === change.proxy)?.said ?? []
  const peers = rows.filter(({ backend }) => backend === change.backend)
  const name = `${nameOf(change)} of ${change.proxy}`
  if (peers.length === 1) return [`${name} is alone in its backend, where a weight changes nothing`]
  const isUp = peers.find(({ server }) => server === change.server)?.up === true
  return isUp ? [] : [`${name} is down or out of service: its weight counts once it is back`]
}
