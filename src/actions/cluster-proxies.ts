import type { Blast } from '../domain/plan.js'
import { fail, ok, type Result } from '../domain/result.js'
import type { Haproxy } from '../providers/contract.js'
import type { Look } from '../providers/look.js'
import { whoServes } from '../providers/serving.js'
import type { Found } from './find-proxies.js'

/** The proxies of a cluster that are meant: all that are in service, or those of them that are named. */
export const clusterProxies = async (
  { cluster: name, proxies }: { readonly cluster: string; readonly proxies?: readonly string[] | undefined },
  look: Look,
): Promise<Result<Found>> => {
  const cluster = look.fleet.clusters[name]
  if (!cluster)
    return fail(
      'fleet.unknown-cluster',
      `the fleet file has no cluster ${name}`,
      `name one of ${Object.keys(look.fleet.clusters).join(', ')}`,
    )
  const inventory = await look.discover(name, 'proxy')
  if (!inventory.ok) return inventory
  const [first, ...others] = inventory.value.targets.filter(({ id }) => proxies?.includes(id) ?? true)
  const missing = (proxies ?? []).filter(id => !inventory.value.targets.some(target => target.id === id))
  if (first && missing.length === 0)
    return ok({ cluster, inventory: inventory.value, targets: [first, ...others] })
  return fail(
    'plan.impossible',
    first || missing.length > 0
      ? `${missing.join(', ')}: not in service in ${name}; gone, or parked already`
      : `no proxy of ${name} was found`,
    'look at the fleet again before deciding',
  )
}

/** A proxy, where its runtime API is, and what that said. */
export type Told<T> = { readonly proxy: string; readonly admin: string; readonly said: T }

/**
 * What every one of them says. One that does not answer makes the plan impossible rather than shorter: the others
 * would be changed and it would not, and clients would come to it all the same. Who wants that names the others.
 */
export const askEach = async <T>(
  { targets }: Found,
  look: Look,
  question: (haproxy: Haproxy) => Promise<Result<T>>,
): Promise<Result<readonly Told<T>[]>> => {
  const answers = await Promise.all(
    targets.map(async ({ id: proxy, admin = '' }) => ({
      proxy,
      admin,
      answer: await question(look.providers.haproxy(admin)),
    })),
  )
  const told: Told<T>[] = []
  const silent: string[] = []
  for (const { proxy, admin, answer } of answers)
    if (answer.ok) told.push({ proxy, admin, said: answer.value })
    else silent.push(`${proxy} (${answer.failure.message.replace(/\.$/, '')})`)
  if (silent.length === 0) return ok(told)
  return fail(
    'plan.impossible',
    `${silent.length} of ${targets.length} proxies cannot be asked: ${silent.join(', ')}`,
    'mend or replace what does not answer; or name the others in `proxies`, and it stays as it is',
  )
}

/** Proxies in service that are not meant. */
export const leftOut = ({ inventory, targets }: Found): readonly string[] =>
  inventory.targets.filter(target => !targets.includes(target)).map(({ id }) => id)

/** Of a plan that takes no proxy away and adds none. */
export const noProxyLess = async ({ cluster, inventory }: Found, look: Look): Promise<Blast> => {
  const serving = (await whoServes(look, inventory.targets)).size
  return {
    cluster: cluster.name,
    serving,
    floor: cluster.proxies.minHealthy,
    takes: 0,
    unavailable: inventory.targets.length - serving,
    adds: 0,
    irreversible: false,
  }
}

/** The word for a typed gate: the only one, or the cluster and how many. */
export const wordFor = (cluster: string, proxies: readonly string[]): string =>
  proxies.length === 1 ? `${proxies[0]}` : `${cluster} ${proxies.length}`
