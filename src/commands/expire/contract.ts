// expire: what stands against clients is taken away when its time is over, whatever else is broken. It needs no fleet
// file that is right, no allowlist, no lock and no journal; it only ever lets clients in again, so that nobody is asked.

import type { Places } from '../support/definitions.js'
import type { Global } from '../support/io.js'

export type ExpireOptions = Global &
  Places & {
    readonly list?: boolean
    readonly dryRun?: boolean
    readonly forget?: boolean
    readonly json?: boolean
    /** The id of a network ACL, to go by its tags instead of the register. */
    readonly fromAcl?: string
    readonly region?: string
    readonly all?: boolean
  }
