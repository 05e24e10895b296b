import { ipFilterRemove } from '../../../actions/ip-filter-remove/schema.js'
import type { Runbook } from '../../../domain/runbook.js'
import { type Io, say } from '../io.js'

/** A fleet file that is broken must keep nobody blocked: what was asked for has another way, which needs none. */
export const sayWayWithoutFleet = (io: Io, { steps: [step] }: Pick<Runbook, 'steps'>): void => {
  if (step?.kind !== 'action' || step.action !== ipFilterRemove.name) return
  const given = step.with.filters
  const names = given && 'literal' in given && Array.isArray(given.literal) ? given.literal : []
  const command = ['firebreak expire', ...(names.length > 0 ? names : ['NAME'])].join(' ')
  say(io, `Filters are taken away without any fleet file by: ${command}`)
  say(io, '  `firebreak expire --list` shows what stands, and where')
}
