import type { Blast } from '../../domain/plan.js'
import type { Cluster } from '../../fleet/fleet.js'
import type { Inventory } from '../../fleet/inventory.js'
import type { Look } from '../../providers/look.js'
import type { Input } from './schema.js'

/** What a plan to scale is made of. */
export type Scene = {
  readonly input: Input
  readonly look: Look
  readonly cluster: Cluster
  /** Made afresh. */
  readonly inventory: Inventory
}

export const blastOf = (
  { cluster, inventory }: Scene,
  serving: ReadonlySet<string>,
  { takes, adds }: { readonly takes: number; readonly adds: number },
): Blast => ({
  cluster: cluster.name,
  serving: serving.size,
  floor: cluster.proxies.minHealthy,
  takes,
  unavailable: inventory.targets.length - serving.size + takes,
  adds,
  irreversible: false,
})

/** `1 proxy`, `3 proxies`. */
export const proxyCount = (count: number): string => `${count} ${count === 1 ? 'proxy' : 'proxies'}`
