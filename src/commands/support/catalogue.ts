import { actions } from '../../actions/registry.js'
import { checks } from '../../checks/registry.js'
import type { Fleet } from '../../fleet/fleet.js'
import type { Catalogue } from '../../runbook/catalogue.js'

/** What runbooks can use: the registries' schemas, without any behaviour. */
export const catalogue: Catalogue = { checks, actions }

/** The same in the light of a fleet: its guardrails, and the clusters that it has. */
export const catalogueFor = ({
  guardrails,
  clusters,
}: Pick<Fleet, 'guardrails'> & Partial<Pick<Fleet, 'clusters'>>): Catalogue => ({
  ...(clusters === undefined ? {} : { clusters: Object.keys(clusters) }),
  checks,
  actions: Object.fromEntries(
    Object.entries(catalogue.actions).map(([name, entry]) => {
      const { refusedBy } = actions[name] ?? {}
      return [name, refusedBy ? { ...entry, refuses: written => refusedBy(written, guardrails) } : entry]
    }),
  ),
})
