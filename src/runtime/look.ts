import { postureOf } from '../engine/state.js'
import type { Look } from '../providers/look.js'
import type { SentRequest } from '../providers/wire.js'
import type { Deps } from './deps.js'

/** What a check or a plan may see, with its requests counted. */
export const lookWith = (deps: Deps, record: (request: SentRequest) => void): Look => {
  const providers = deps.connect(record)
  const { clock, fleet, baselines, clients, allowlist, standpoint, filters, ledger } = deps
  return {
    clock,
    fleet,
    providers,
    baselines,
    clients,
    allowlist,
    standpoint,
    filters,
    get posture() {
      return postureOf(ledger.state())
    },
    discover: (cluster, role) => deps.discover(providers, cluster, role),
  }
}
