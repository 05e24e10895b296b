import type { Fleet } from '../../fleet/fleet.js'
import type { Target } from '../../fleet/inventory.js'
import { sshHostOf } from '../../fleet/ssh-host.js'
import type { Reach } from '../ip-filter/inherited.js'

/** Of what was launched: it has a private address, by which ssh finds every host. */
export const reachOf = (target: Target, fleet: Pick<Fleet, 'ssh'>): Reach => ({
  admin: target.admin ?? '',
  host: sshHostOf(target, fleet) ?? '',
})
