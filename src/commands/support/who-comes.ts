import type { Clock } from '../../domain/clock.js'
import { standingAllowlist } from '../../fleet/allowlist/standing.js'
import { fileAllowlistStore } from '../../fleet/allowlist/store.js'
import { fileClientHistory } from '../../fleet/client-history.js'
import type { Fleet } from '../../fleet/fleet.js'
import type { Look } from '../../providers/look.js'
import { commitOf } from './commit-of.js'
import type { Setting } from './session-contract.js'

/** What is known of a fleet's clients: who came on calm days, and who must not be blocked. */
export const whoComes = (
  fleet: Fleet,
  clock: Clock,
  folders: Pick<Setting, 'clients' | 'allowlist'>,
): Pick<Look, 'clients' | 'allowlist'> => {
  const store = fileAllowlistStore(folders.allowlist)
  return {
    clients: fileClientHistory(folders.clients),
    allowlist: () => clock.io(standingAllowlist({ fleet, store, now: clock.now, commitOf })),
  }
}
