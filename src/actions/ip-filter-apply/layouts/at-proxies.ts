import { fail, ok, type Result } from '../../../domain/result.js'
import type { Prefix } from '../../../fleet/addresses/prefix.js'
import { type FilterPlace, placeKeyOf } from '../../../fleet/filters/filter.js'
import type { Target } from '../../../fleet/inventory.js'
import type { Look } from '../../../providers/look.js'
import type { Denial } from '../../ip-filter/denial.js'
import type { Laid, Wanted } from './layout.js'

/** How a filter stands at each proxy by itself. */
export type AtProxy = {
  readonly placeOf: (target: Target) => Result<FilterPlace>
  /** Of what is wanted, what is to be put up there beside what stands; `ours` was put up by a filter of ours. */
  readonly missing: (place: FilterPlace, ours: ReadonlySet<Prefix>) => Promise<Result<readonly Prefix[]>>
}

/**
 * Each proxy that can be asked. One that cannot is left out and named: who comes through it is not blocked, which
 * harms less than to leave the flood to all of them.
 */
export const layAtProxies = async (
  { filter, cluster, inventory, blocked, scope }: Wanted,
  look: Look,
  { placeOf, missing }: AtProxy,
): Promise<Result<Omit<Laid, 'open'>>> => {
  const denials: Denial[] = []
  const warnings: string[] = []
  for (const { target, place, found } of await Promise.all(inventory.targets.map(askOne))) {
    if (!found.ok) {
      warnings.push(`not put up at ${target.id}, which cannot be asked: ${found.failure.message}`)
      continue
    }
    const [first, ...more] = found.value
    const left = blocked.filter(prefix => !found.value.includes(prefix))
    if (left.length > 0)
      warnings.push(
        `${target.id} denies it already, and not by us: ${left.join(', ')}; that stays when this ends`,
      )
    if (place && first)
      denials.push({ filter, cluster: cluster.name, place, scope, prefixes: [first, ...more] })
  }
  if (denials.length > 0) return ok({ denials, warnings, locks: [`cluster:${cluster.name}`] })
  return fail(
    inventory.targets.length > 0 && warnings.every(one => one.includes('already'))
      ? 'plan.nothing-to-do'
      : 'plan.impossible',
    `there is no proxy of ${cluster.name} to put it up at: ${warnings.join('; ') || 'none was found'}`,
    'look at the proxies, or choose another way with `by`',
  )

  async function askOne(target: Target) {
    const place = placeOf(target)
    if (!place.ok) return { target, found: place }
    const found = await missing(place.value, oursAt(place.value, look))
    return { target, place: place.value, found }
  }
}

/** What filters of ours, of any incident, have put up at that place. */
const oursAt = (place: FilterPlace, { filters }: Look): ReadonlySet<Prefix> =>
  new Set(
    filters
      .all()
      .filter(one => placeKeyOf(one.place) === placeKeyOf(place))
      .flatMap(({ prefixes }) => prefixes),
  )
