import type { FilterPlace } from '../../../fleet/filters/filter.js'
import type { Denial } from '../denial.js'
import { denyList } from './deny-list.js'
import type { Mechanism } from './mechanism.js'
import { networkAcl } from './network-acl.js'
import { nftables } from './nftables.js'

const MECHANISMS = { deny_list: denyList, nftables, network_acl: networkAcl } as const satisfies {
  readonly [By in FilterPlace['by']]: unknown
}

/** The one that knows that place: each takes denials of its own places only, which TypeScript does not see here. */
export const mechanismOf = ({ place }: Denial): Mechanism => MECHANISMS[place.by] as unknown as Mechanism
