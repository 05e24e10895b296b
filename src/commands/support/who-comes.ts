import type { Clock } from '../../domain/clock.js'
import { standingAllowlist } from '../../fleet/allowlist/standing.js'
import { fileAllowlistStore } from '../../fleet/allowlist/store.js'
import { fileClientHistory } from '../../fleet/client-history.js'
import { type FilterRegister, fileFilterRegister } from '../../fleet/filters/register.js'
import type { Fleet } from '../../fleet/fleet.js'
import type { Look } from '../../providers/look.js'
import { rememberingCommits } from './commit-of.js'
import type { Setting } from './session-contract.js'

type WhoComes = Pick<Look, 'clients' | 'allowlist' | 'standpoint'> & { readonly filters: FilterRegister }

/** What is known of a fleet's clients: who came on calm days, who must not be blocked, and who is. */
export const whoComes = (
  fleet: Fleet,
  clock: Clock,
  setting: Pick<Setting, 'clients' | 'allowlist' | 'filters' | 'standpoint'>,
): WhoComes => {
  const store = fileAllowlistStore(setting.allowlist)
  const commitOf = rememberingCommits()
  return {
    clients: fileClientHistory(setting.clients),
    allowlist: () => clock.io(standingAllowlist({ fleet, store, now: clock.now, commitOf })),
    standpoint: setting.standpoint,
    filters: fileFilterRegister(setting.filters),
  }
}
