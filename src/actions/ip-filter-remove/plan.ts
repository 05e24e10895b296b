import { noCapacity, type PlanDraft } from '../../domain/plan.js'
import { fail, ok, type Result } from '../../domain/result.js'
import type { StandingFilter } from '../../fleet/filters/filter.js'
import type { Look } from '../../providers/look.js'
import { resourceOf } from '../ip-filter/denial.js'
import { mechanismOf } from '../ip-filter/mechanisms/mechanisms.js'
import { changeOf } from './changes.js'
import type { Input } from './schema.js'

/** From the register alone: nobody is asked first, so that it is possible whatever else is broken. */
export const plan = async (input: Input, { filters }: Pick<Look, 'filters'>): Promise<Result<PlanDraft>> => {
  const standing = filters.all().filter(one => isMeant(one, input))
  const missing = input.filters?.filter(name => !standing.some(({ filter }) => filter === name)) ?? []
  if (missing.length > 0 || standing.length === 0)
    return fail(
      'plan.nothing-to-do',
      missing.length > 0 ? `no filter ${missing.join(', ')} stands` : `no filter stands at ${input.cluster}`,
      '`firebreak expire --list` shows what stands',
    )
  return ok(draft(standing))
}

const isMeant = ({ filter, cluster }: StandingFilter, { filters, cluster: asked }: Input): boolean =>
  (filters?.includes(filter) ?? true) && (asked === undefined || asked === cluster)

const draft = (standing: readonly StandingFilter[]): PlanDraft => {
  const names = [...new Set(standing.map(({ filter }) => filter))]
  const places = standing.map(({ place }) => resourceOf(place))
  return {
    summary: `Take ${names.join(', ')} away, at ${places.length} ${places.length === 1 ? 'place' : 'places'}: whoever it blocks may connect again`,
    changes: standing.map(changeOf),
    blast: noCapacity(false),
    facts: [],
    warnings: [],
    undo: ['it is not put up again: `ip-filter.apply` does that, and looks anew at who must not be blocked'],
    confirm: names.length === 1 ? `${names[0]}` : `filters ${names.length}`,
    predicted: { removed: names, places },
    commands: standing.flatMap(one => mechanismOf(one).byHand.take(one)),
    locks: [],
    atLeast: { level: 'operator', reason: 'it lets clients in again' },
  }
}
