import { actions } from '../../actions/registry.js'
import { checks } from '../../checks/registry.js'
import type { Catalogue } from '../../runbook/catalogue.js'

/** What no op can take back; a command can where it is told how. Their behaviours say the same, and are not loaded here. */
const irreversible: { readonly [action: string]: Catalogue['actions'][string]['irreversible'] } = {
  'command.run': { unless: 'undo' },
  'http.request': true,
}

/** What runbooks can use: the registries' schemas, without any behaviour. */
export const catalogue: Catalogue = {
  checks,
  actions: Object.fromEntries(
    Object.entries(actions).map(([name, action]) => [name, { ...action, irreversible: irreversible[name] }]),
  ),
}
