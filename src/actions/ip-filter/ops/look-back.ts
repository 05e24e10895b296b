import * as z from 'zod'
import type { Json } from '../../../domain/json.js'
import { fail, ok, type Result } from '../../../domain/result.js'
import type { Prefix } from '../../../fleet/addresses/prefix.js'
import { prefixSchema } from '../../../fleet/filters/filter.js'
import { frontendUrls } from '../../../fleet/target.js'
import { defineOp, type Hands } from '../../contract.js'
import { type Denial, denialSchema, resourceOf } from '../denial.js'
import { mechanismOf } from '../mechanisms/mechanisms.js'

/** `kept`: some of those who must stay reachable there. */
const args = denialSchema.extend({ kept: z.array(prefixSchema) })
type Args = z.output<typeof args>

/** Reads back what stands; asks whether who is blocked is, and who is kept is not; and connects by itself. */
const effect = async ({ kept, ...denial }: Args, _token: string, hands: Hands): Promise<Result<Json>> => {
  const where = resourceOf(denial.place)
  const standing = await mechanismOf(denial).standing(denial, hands.providers)
  if (!standing.ok) return standing
  const missing = denial.prefixes.filter(prefix => !standing.value.includes(prefix))
  const through = await firstThat(denial.prefixes, by => by === null, denial, hands)
  if (!through.ok) return through
  if (missing.length > 0 || through.value)
    return fail(
      'target.rejected',
      `${where} lets ${missing.join(', ') || through.value?.prefix} in a moment after it was closed to it`,
      'it was interrupted, its time is over, or somebody changes the same filters: look there, then take it back or visit again',
    )
  const hit = await firstThat(kept, by => by !== null, denial, hands)
  if (!hit.ok) return hit
  if (hit.value)
    return fail(
      'target.rejected',
      `it stands at ${where}, where ${hit.value.prefix}, who must stay reachable, is turned away by ${hit.value.by}, which is not of this filter`,
      `take ${hit.value.by} away there, or ask whoever put it up`,
    )
  return ok({ standing: [...standing.value], told: await ownWay(denial, hands) })
}

type Asked = { readonly prefix: Prefix; readonly by: string | null }

/** The first of those prefixes whose first address is answered so. Undefined: none, or nothing there can be asked. */
const firstThat = async (
  prefixes: readonly Prefix[],
  isSo: (by: string | null) => boolean,
  denial: Denial,
  { providers }: Hands,
): Promise<Result<Asked | undefined>> => {
  const { deniedBy } = mechanismOf(denial)
  for (const prefix of deniedBy ? prefixes : []) {
    const by = await deniedBy?.(denial, prefix.replace(/\/.*/, ''), providers)
    if (!by?.ok) return by ?? ok(undefined)
    if (isSo(by.value)) return ok({ prefix, by: by.value })
  }
  return ok(undefined)
}

/** How many frontends answer this machine, which is never blocked. Who answers nobody may be overloaded: it is said, and judged by nobody. */
const ownWay = async ({ cluster: name, place }: Denial, { fleet, look, providers }: Hands): Promise<string> => {
  const cluster = fleet.clusters[name]
  if (place.by === 'network_acl' || !cluster) return 'it stands'
  const found = await look.discover(name, 'proxy')
  const target = found.ok ? found.value.targets.find(({ id }) => id === place.proxy) : undefined
  if (!target) return 'it stands'
  const urls = frontendUrls(target, cluster.proxies)
  const answers = await Promise.all(urls.map(url => providers.memcached(url).version()))
  return `it stands; ${answers.filter(({ ok: did }) => did).length} of ${urls.length} frontends answer us`
}

export const lookBack = defineOp(args, {
  effect,
  probe: async () => ({ state: 'not-done', evidence: 'a look; it is made again' }),
  undo: 'nothing',
})
