import type { Failure } from '../../domain/result.js'
import { subtract } from '../../fleet/addresses/arithmetic.js'
import type { Prefix } from '../../fleet/addresses/prefix.js'
import { touching } from '../../fleet/addresses/touching.js'
import type { Protected } from '../../fleet/allowlist/allowlist.js'
import { type FilterPlace, isSameScope, placeKeyOf, type StandingFilter } from '../../fleet/filters/filter.js'
import type { Cluster } from '../../fleet/fleet.js'
import type { Inventory, Target } from '../../fleet/inventory.js'
import type { Look } from '../../providers/look.js'
import { healthCheckersOf } from './health-checkers.js'
import type { Inherited, Way } from './inherited.js'

/** What a proxy that is launched now gets, the longest first. `allowlist`: the hash of the one that it was held to. */
export type StandingAtCluster = {
  readonly filters: readonly Inherited[]
  readonly warnings: readonly string[]
  readonly allowlist?: string
}

/**
 * The filters whose time is not over, as the register has them at the proxies of a cluster: also what stands at some
 * only, because who was left out then could not be asked. Who came into the allowlist since is left out of them.
 */
export const standingAtCluster = async (
  cluster: Cluster,
  { targets }: Inventory,
  { filters, clock, allowlist: currentAllowlist }: Look,
): Promise<StandingAtCluster> => {
  const { name, proxies } = cluster
  const now = clock.now()
  const standing = filters
    .all()
    .filter(one => one.cluster === name && one.until > now)
    .sort(byPlace)
  const found = perFilter(standing, proxies.denyList)
  if (found.length === 0) return { filters: [], warnings: [] }
  const allowlist = await currentAllowlist()
  if (!allowlist.ok) return { filters: [], warnings: [nobodySays(found, allowlist.failure)] }
  const kept = withoutKept(found, [...allowlist.value.allowlist.entries, ...healthCheckersOf(cluster)])
  const inherited = disjoint(kept.filters)
  return {
    filters: inherited,
    warnings: [
      ...(inherited.length === 0
        ? []
        : [
            `${namesOf(inherited)}: put up at a new proxy before clients come to it, for the time that is left; where that fails the new proxy is parked, and not put in service`,
          ]),
      ...kept.warnings,
      ...standsAtSome(standing, inherited, targets),
      ...(allowlist.value.instead
        ? [`who must not be blocked is known by a copy only: ${allowlist.value.instead.failure.message}`]
        : []),
    ],
    allowlist: allowlist.value.allowlist.hash,
  }
}

const namesOf = (filters: readonly Inherited[]): string => filters.map(({ filter }) => filter).join(', ')

/** The new one lets them in rather than turn away a customer. */
const nobodySays = (found: readonly Inherited[], { message }: Failure): string =>
  `a new proxy does not get ${namesOf(found)}, because nobody can say who must not be blocked: ${message}`

/** Whatever order the register has them in, the same plan comes of them. */
const byPlace = (a: StandingFilter, b: StandingFilter): number => (keyOf(a) < keyOf(b) ? -1 : 1)

/** No two records have the same. */
const keyOf = ({ place, filter, incident }: StandingFilter): string =>
  `${placeKeyOf(place)} ${filter} ${incident}`

/** Each once, with all that it denies at any of them, until the last of its ends. Its name says which ports, and by what. */
const perFilter = (standing: readonly StandingFilter[], list: string | undefined): readonly Inherited[] => {
  const found = new Map<string, Inherited>()
  for (const { filter, scope, prefixes, until, place } of standing) {
    const way = wayOf(place, list)
    if (!way) continue
    const before = found.get(filter)
    found.set(filter, {
      filter,
      scope,
      way,
      prefixes: [...new Set([...(before?.prefixes ?? []), ...prefixes])],
      until: Math.max(until, before?.until ?? until),
    })
  }
  return [...found.values()].sort((a, b) => b.until - a.until || (a.filter < b.filter ? -1 : 1))
}

/** What is launched now has the list that the fleet file names now. A network ACL stands before subnets, not at proxies. */
const wayOf = (place: FilterPlace, list: string | undefined): Way | undefined => {
  switch (place.by) {
    case 'deny_list':
      return { by: place.by, list: list ?? place.list }
    case 'nftables':
      return { by: place.by }
    case 'network_acl':
      return undefined
  }
}

const withoutKept = (
  found: readonly Inherited[],
  kept: readonly Protected[],
): Pick<StandingAtCluster, 'filters' | 'warnings'> => {
  const find = touching(kept)
  const carved = found.map(one => ({ one, ...carve(one.prefixes, find) }))
  return {
    filters: carved.flatMap(({ one, left }) => (left.length === 0 ? [] : [{ ...one, prefixes: [...left] }])),
    warnings: carved.flatMap(({ one: { filter }, hit }) =>
      hit.map(
        ({ prefix, name, at }) =>
          `${filter} hits ${prefix} (${name ?? at}), who must not be blocked: a new proxy does not deny them; \`firebreak do ip-filter.remove -w filters=${filter}\` takes it away from the others`,
      ),
    ),
  }
}

const carve = <E extends { readonly prefix: Prefix }>(
  prefixes: readonly Prefix[],
  find: (one: Prefix) => readonly E[],
): { readonly left: readonly Prefix[]; readonly hit: readonly E[] } => {
  const hit = [...new Set(prefixes.flatMap(find))]
  const left =
    hit.length === 0
      ? prefixes
      : subtract(
          prefixes,
          hit.map(({ prefix }) => prefix),
        )
  return { left, hit }
}

/** A set of nftables takes no overlap: what two want there is denied by the one that stands for longer. */
const disjoint = (filters: readonly Inherited[]): readonly Inherited[] => {
  const taken: Inherited[] = []
  for (const one of filters) {
    const beside = taken.filter(other => one.way.by === 'nftables' && isSameSet(one, other))
    const find = touching(beside.flatMap(({ prefixes }) => prefixes.map(prefix => ({ prefix }))))
    const { left } = carve(one.prefixes, find)
    if (left.length > 0) taken.push({ ...one, prefixes: [...left] })
  }
  return taken
}

const isSameSet = (a: Inherited, b: Inherited): boolean =>
  a.way.by === b.way.by && isSameScope(a.scope, b.scope)

const standsAtSome = (
  standing: readonly StandingFilter[],
  inherited: readonly Inherited[],
  targets: readonly Target[],
): readonly string[] =>
  inherited.flatMap(({ filter }) => {
    const has = (id: string): boolean =>
      standing.some(one => one.filter === filter && one.place.by !== 'network_acl' && one.place.proxy === id)
    const count = targets.filter(({ id }) => has(id)).length
    if (count === targets.length) return []
    return [
      `${filter} stands at ${count} of the ${targets.length} proxies in service; a new one gets it all the same: where it is not needed any more, take it away first (\`firebreak do ip-filter.remove -w filters=${filter}\`)`,
    ]
  })
