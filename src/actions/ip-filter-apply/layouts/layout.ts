import type { Result } from '../../../domain/result.js'
import type { Prefix } from '../../../fleet/addresses/prefix.js'
import type { Cluster } from '../../../fleet/fleet.js'
import type { Inventory } from '../../../fleet/inventory.js'
import type { Look } from '../../../providers/look.js'
import type { Denial, Scope } from '../../ip-filter/denial.js'

/** What is to be denied, and where: all proxies of a cluster that are in service. */
export type Wanted = {
  readonly filter: string
  readonly cluster: Cluster
  readonly inventory: Inventory
  readonly blocked: readonly Prefix[]
  readonly scope: Scope
}

/** How it would be put up now. `open`: what becomes of connections that are open already. */
export type Laid = {
  readonly denials: readonly Denial[]
  readonly locks: readonly string[]
  readonly warnings: readonly string[]
  readonly open: string
}

/** Looks at what stands there, and fails where what is wanted does not fit. */
export type Layout = (wanted: Wanted, look: Look) => Promise<Result<Laid>>
