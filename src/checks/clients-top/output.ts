import { networkOf } from '../../fleet/addresses/network-of.js'
import { parsePrefix } from '../../fleet/addresses/parse-prefix.js'
import type { Prefix } from '../../fleet/addresses/prefix.js'
import { touching } from '../../fleet/addresses/touching.js'
import type { Protected } from '../../fleet/allowlist/allowlist.js'
import type { KnownClient } from '../../fleet/client-history.js'
import type { Attributed, Holder } from '../../providers/attribution.js'
import type { Sight } from '../../providers/client-sight.js'
import type { Output } from './schema.js'

type Whom = {
  /** Who came on calm days, by address. */
  readonly known: ReadonlyMap<string, KnownClient>
  /** Who has a name. */
  readonly allowlist: readonly Protected[]
  /** How many addresses, and how many networks. */
  readonly show: number
}

/** What was found, with names, and with who was seen before. */
export const outputOf = (
  { total, rise, addresses, networks, suspects, share }: Attributed,
  { unseen, clients }: Sight,
  { known, allowlist, show }: Whom,
): Output => {
  const named = touching(allowlist)
  const seenBefore = countsOf([...clients.keys()].filter(address => known.has(address)))
  const shown = (holder: Holder): Output['addresses'][number] => {
    const prefix = canonical(holder.prefix)
    return {
      prefix,
      connections: holder.connections,
      share: total === 0 ? 0 : holder.connections / total,
      addresses: holder.addresses,
      known: seenBefore.get(prefix) ?? 0,
      names: [...new Set(named(prefix).flatMap(({ name }) => (name === undefined ? [] : [name])))],
    }
  }
  return {
    total,
    rise,
    addresses: addresses.slice(0, show).map(shown),
    networks: networks.slice(0, show).map(shown),
    suspects: suspects.map(canonical),
    share,
    unseen: [...unseen],
  }
}

/** Of each address and of each network, how many addresses are among those. */
const countsOf = (addresses: readonly string[]): ReadonlyMap<Prefix, number> => {
  const counts = new Map<Prefix, number>()
  for (const prefix of addresses.flatMap(address => [canonical(address), networkOf(address)]))
    counts.set(prefix, (counts.get(prefix) ?? 0) + 1)
  return counts
}

/** What a provider has given is an address, and a network was made here. */
const canonical = (text: string): Prefix => {
  const parsed = parsePrefix(text)
  if (!parsed.ok) throw new Error(parsed.failure.message)
  return parsed.value.prefix
}
