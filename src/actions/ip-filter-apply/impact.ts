import { parsePrefix } from '../../fleet/addresses/parse-prefix.js'
import type { Prefix } from '../../fleet/addresses/prefix.js'
import { touching } from '../../fleet/addresses/touching.js'
import type { Cluster } from '../../fleet/fleet.js'
import type { Inventory } from '../../fleet/inventory.js'
import { lookAtClients, type Sight } from '../../providers/client-sight.js'
import type { Look } from '../../providers/look.js'
import { type Suspicion, suspectsIn } from '../../providers/suspects.js'
import type { Shield } from './protected.js'

/** Who is connected to the cluster now, and who came to it on calm days. */
export type Present = Suspicion & { readonly sight: Sight }

export const lookAround = async (cluster: Cluster, inventory: Inventory, look: Look): Promise<Present> => {
  const sight = await lookAtClients(cluster, inventory, look)
  return { sight, ...(await suspectsIn(cluster.name, sight, look)) }
}

/** Connections that are open now, of addresses among the candidates; and of all. */
export type Impact = {
  readonly total: number
  readonly protected: number
  readonly known: number
  readonly unknown: number
  /** Of those, what is of addresses that are blocked. */
  readonly blocked: number
}

type Whom = {
  readonly candidates: readonly Prefix[]
  readonly hit: Shield['hit']
  readonly blocked: readonly Prefix[]
}

/** Counted by who they are, protected before known before unknown: who is unknown is not thereby abusive. */
export const impactOf = ({ sight, known }: Present, { candidates, hit, blocked }: Whom): Impact => {
  const isCandidate = within(candidates)
  const isBlocked = within(blocked)
  const counts = { total: 0, protected: 0, known: 0, unknown: 0, blocked: 0 }
  for (const [address, connections] of sight.clients) {
    counts.total += connections
    const prefix = prefixOf(address)
    if (prefix === undefined || !isCandidate(prefix)) continue
    counts[hit(prefix).length > 0 ? 'protected' : known.has(address) ? 'known' : 'unknown'] += connections
    if (isBlocked(prefix)) counts.blocked += connections
  }
  return counts
}

/** Addresses of calm days that are among the candidates. */
export const knownAmong = (
  { known }: Pick<Present, 'known'>,
  candidates: readonly Prefix[],
): readonly Prefix[] => {
  const isCandidate = within(candidates)
  return [...known.keys()].flatMap(address => {
    const prefix = prefixOf(address)
    return prefix !== undefined && isCandidate(prefix) ? [prefix] : []
  })
}

const within = (prefixes: readonly Prefix[]): ((one: Prefix) => boolean) => {
  const find = touching(prefixes.map(prefix => ({ prefix })))
  return one => find(one).length > 0
}

const prefixOf = (address: string): Prefix | undefined => {
  const parsed = parsePrefix(address)
  return parsed.ok ? parsed.value.prefix : undefined
}
