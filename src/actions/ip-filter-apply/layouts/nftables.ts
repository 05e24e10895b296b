import { fail, ok } from '../../../domain/result.js'
import { subtract } from '../../../fleet/addresses/arithmetic.js'
import { parsePrefix } from '../../../fleet/addresses/parse-prefix.js'
import { isSameScope } from '../../../fleet/filters/filter.js'
import { hostFor } from '../../over-ssh/errand.js'
import { layAtProxies } from './at-proxies.js'
import type { Layout } from './layout.js'

/** Each host gets all of them in one transaction. */
const MOST = 1_024

/** A set on the host of every proxy, over ssh. What it holds must not overlap: what stands there already is left out. */
export const layInNftables: Layout = async (wanted, look) => {
  const { blocked, scope } = wanted
  if (blocked.length > MOST)
    return fail(
      'plan.impossible',
      `it would be ${blocked.length} entries, and a host gets at most ${MOST}`,
      FEWER,
    )
  const laid = await layAtProxies(wanted, look, {
    placeOf: target => {
      const host = hostFor(target, look.fleet)
      return host.ok ? ok({ by: 'nftables', proxy: target.id, host: host.value }) : host
    },
    missing: async (place, ours) => {
      const seen = await look.providers.nftables(place.by === 'nftables' ? place.host : '').look()
      if (!seen.ok) return seen
      const others = seen.value
        .filter(one => isSameScope(one.scope, scope))
        .flatMap(({ prefix }) => {
          const parsed = parsePrefix(prefix)
          return parsed.ok && !(ours.has(parsed.value.prefix) && blocked.includes(parsed.value.prefix))
            ? [parsed.value.prefix]
            : []
        })
      return ok(subtract(blocked, others))
    },
  })
  if (!laid.ok) return laid
  const warnings = [
    ...laid.value.warnings,
    'each host ends it by itself when its time is over, also where this machine is gone by then',
  ]
  return ok({
    ...laid.value,
    warnings,
    open: 'stall: their packets are dropped, and HAProxy holds them until its time-out',
  })
}

const FEWER = 'name fewer or wider addresses'
