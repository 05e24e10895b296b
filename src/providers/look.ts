import type { Clock } from '../domain/clock.js'
import type { Result } from '../domain/result.js'
import type { Fleet } from '../fleet/fleet.js'
import type { Inventory } from '../fleet/inventory.js'
import type { Providers } from './contract.js'

/** What a cluster looked like when all was well, kept between incidents. */
export type Baselines = {
  /** Median connections per proxy when last seen calm; undefined where never seen. */
  readonly read: (cluster: string) => Promise<number | undefined>
  readonly record: (cluster: string, connections: number) => Promise<void>
}

/** What checks and plans may use to look at the world. */
export type Look = {
  readonly clock: Clock
  readonly fleet: Fleet
  readonly providers: Providers
  readonly discover: (cluster: string, role: 'proxy' | 'shard') => Promise<Result<Inventory>>
  readonly baselines: Baselines
}
