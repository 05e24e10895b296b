import type { Prefix } from '../../fleet/addresses/prefix.js'
import type { Protected } from '../../fleet/allowlist/allowlist.js'
import type { StandingFilter } from '../../fleet/filters/filter.js'

/** Filters that stand and now hit somebody who came into the allowlist since; a line for each filter and whom it hits. */
export const againstAllowlist = (
  filters: readonly StandingFilter[],
  find: (prefix: Prefix) => readonly Protected[],
): readonly { readonly standing: StandingFilter; readonly hit: string }[] => {
  const seen = new Set<string>()
  return filters.flatMap(standing =>
    standing.prefixes.flatMap(prefix =>
      find(prefix).flatMap(({ prefix: whom, name, at }) => {
        const hit = `${whom} (${name ?? at})`
        const key = `${standing.filter} ${standing.incident} ${hit}`
        if (seen.has(key)) return []
        seen.add(key)
        return [{ standing, hit }]
      }),
    ),
  )
}
