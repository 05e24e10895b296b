import { actions } from '../../actions/registry.js'
import { checks } from '../../checks/registry.js'
import type { Catalogue } from '../../runbook/catalogue.js'

/** What runbooks can use: the registries' schemas, without any behaviour. */
export const catalogue: Catalogue = { checks, actions }
