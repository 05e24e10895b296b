import { networkOf } from '../fleet/addresses/network-of.js'
import type { KnownClient } from '../fleet/client-history.js'
import { type Attributed, attribute, type Source } from './attribution.js'
import type { Sight } from './client-sight.js'
import type { Look } from './look.js'

/** Who is behind a rise, as far as can be said, and what it was compared with. */
export type Suspicion = {
  readonly attributed: Attributed
  /** Connections of a calm day at as many proxies as answered; undefined where none is known. */
  readonly calm: number | undefined
  /** Who came on calm days, by address. */
  readonly known: ReadonlyMap<string, KnownClient>
}

export const suspectsIn = async (
  cluster: string,
  sight: Sight,
  { baselines, clients }: Pick<Look, 'baselines' | 'clients'>,
): Promise<Suspicion> => {
  const known = clients.read(cluster)
  const baseline = await baselines.read(cluster)
  const calm = baseline && baseline.connections * sight.answered
  return { attributed: attribute(sourcesIn(sight, known), networkOf, calm), calm, known }
}

const sourcesIn = ({ clients }: Sight, known: ReadonlyMap<string, KnownClient>): readonly Source[] =>
  [...clients].map(([address, connections]) => {
    const usual = known.get(address)?.connections
    return { address, connections, ...(usual === undefined ? {} : { usual }) }
  })
