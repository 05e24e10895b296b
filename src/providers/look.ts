import type { Clock } from '../domain/clock.js'
import type { Posture } from '../domain/mode.js'
import type { Result } from '../domain/result.js'
import type { StandingAllowlist } from '../fleet/allowlist/standing.js'
import type { ClientHistory } from '../fleet/client-history.js'
import type { FilterRegister } from '../fleet/filters/register.js'
import type { Fleet } from '../fleet/fleet.js'
import type { Inventory } from '../fleet/inventory.js'
import type { Providers } from './contract.js'

/** Median connections per proxy, and when that was (milliseconds since 1970). */
export type Baseline = { readonly connections: number; readonly at: number }

/** What a cluster looked like when all was well, kept between incidents. */
export type Baselines = {
  /** Undefined where it was never seen calm. */
  readonly read: (cluster: string) => Promise<Baseline | undefined>
  readonly record: (cluster: string, baseline: Baseline) => Promise<void>
}

/** Where requests of ours come from: to block one of these would be to shut ourselves out. Addresses, as they are written. */
export type Standpoint = {
  /** From where the operator has come to this machine; absent where nobody can say. */
  readonly operator?: string
  /** Of this machine, those that others may see. */
  readonly here: readonly string[]
}

/** What checks and plans may use to look at the world. */
export type Look = {
  readonly clock: Clock
  readonly fleet: Fleet
  readonly providers: Providers
  /** Which of a guardrail's limits hold now. */
  readonly posture: Posture
  readonly discover: (cluster: string, role: 'proxy' | 'shard') => Promise<Result<Inventory>>
  readonly baselines: Baselines
  /** Who came to a cluster on calm days. */
  readonly clients: ClientHistory
  /** Who must not be blocked; a failure where nobody can say. */
  readonly allowlist: () => Promise<Result<StandingAllowlist>>
  readonly standpoint: Standpoint
  /** What was put up against clients of this fleet, whoever put it up. */
  readonly filters: Pick<FilterRegister, 'all'>
}
