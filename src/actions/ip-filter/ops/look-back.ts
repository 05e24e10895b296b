import type { Json } from '../../../domain/json.js'
import { fail, ok, type Result } from '../../../domain/result.js'
import { frontendUrls } from '../../../fleet/target.js'
import { defineOp, type Hands } from '../../contract.js'
import { type Denial, denialSchema, resourceOf } from '../denial.js'
import { mechanismOf } from '../mechanisms/mechanisms.js'

/**
 * Reads back what stands, and connects: this machine is protected, so that its own way through must still be open
 * where it was before.
 */
const effect = async (denial: Denial, _token: string, hands: Hands): Promise<Result<Json>> => {
  const where = resourceOf(denial.place)
  const standing = await mechanismOf(denial).standing(denial, hands.providers)
  if (!standing.ok) return standing
  const missing = denial.prefixes.filter(prefix => !standing.value.includes(prefix))
  if (missing.length > 0)
    return fail(
      'target.rejected',
      `${where} does not have ${missing.join(', ')} a moment after it was put up`,
      'somebody may be changing the same filters: look there, then visit the step again',
    )
  return ok({ standing: [...standing.value], ...(await ownWay(denial, hands)) })
}

/** How many frontends answer this machine. Who answers nobody may be overloaded: that is said, and judged by nobody. */
const ownWay = async (
  { cluster: name, place }: Denial,
  { fleet, look, providers }: Hands,
): Promise<{ told: string }> => {
  const cluster = fleet.clusters[name]
  const found = place.by === 'network_acl' || !cluster ? undefined : await look.discover(name, 'proxy')
  const target = found?.ok
    ? found.value.targets.find(({ id }) => place.by !== 'network_acl' && id === place.proxy)
    : undefined
  if (!cluster || !target) return { told: 'it stands' }
  const urls = frontendUrls(target, cluster.proxies)
  const answers = await Promise.all(urls.map(url => providers.memcached(url).version()))
  return {
    told: `it stands; ${answers.filter(({ ok: did }) => did).length} of ${urls.length} frontends answer us`,
  }
}

export const lookBack = defineOp(denialSchema, {
  effect,
  probe: async () => ({ state: 'not-done', evidence: 'a look; it is made again' }),
  undo: 'nothing',
})
