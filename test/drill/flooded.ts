import type { FaultOf } from '../../src/drill/scenario/faults.js'
import type { Scenario } from '../../src/drill/scenario.js'
import type { World } from '../../src/drill/world/world.js'
import type { Prefix } from '../../src/fleet/addresses/prefix.js'
import { prefixOf } from '../fleet/addresses/prefix-of.js'
import { calmScenario } from './story.js'

export const CLUSTER = 'us-east-c1'
export const NETWORK = prefixOf('100.64.7.0/24')
/** With the flood in one network, and on the allowlist. */
export const CUSTOMER = '100.64.7.20'

/** Up from a minute before the alert on, with four times the calm connections: 1,600 at each proxy, of at most 4,000. */
const flood: FaultOf<'flood'> = {
  kind: 'flood',
  cluster: CLUSTER,
  network: NETWORK,
  sources: { from: 40, to: 60 },
  begins: { from: -120_000, to: -120_000 },
  ramp: { from: 60_000, to: 60_000 },
  factor: { from: 4, to: 4 },
}

export const floodScenario = (changes: Partial<FaultOf<'flood'>> = {}): Scenario => ({
  ...calmScenario,
  clusters: {
    [CLUSTER]: {
      ...{ proxies: 6, shards: 4, connections: 400, limit: 4_000 },
      clients: [{ address: CUSTOMER, share: 0.02 }],
    },
  },
  faults: [{ ...flood, ...changes }],
})

export const sourcesOf = (world: World): ReadonlySet<string> => new Set(world.floods[0]!.sources)

/** Who does nothing wrong in the network of the flood, as prefixes: the customer comes first. */
export const innocentOf = (world: World): readonly Prefix[] =>
  world.clusters[CLUSTER]!.regulars.map(({ address }) => prefixOf(address))
