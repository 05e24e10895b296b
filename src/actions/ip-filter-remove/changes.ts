import * as z from 'zod'
import type { Change, Plan } from '../../domain/plan.js'
import { type StandingFilter, standingSchema } from '../../fleet/filters/filter.js'
import { resourceOf } from '../ip-filter/denial.js'

/** When it would have ended is shown beside it, and binds nobody. */
export const changeOf = ({ until: _, place, prefixes, ...standing }: StandingFilter): Change => ({
  verb: 'allow',
  resource: resourceOf(place),
  before: { ...standing, place, denied: [...prefixes] },
  after: null,
})

const before = standingSchema.omit({ until: true, prefixes: true }).extend({
  denied: standingSchema.shape.prefixes,
})

export const readRemovals = ({ changes }: Plan): readonly Omit<StandingFilter, 'until'>[] =>
  changes.map(change => {
    const { denied: prefixes, ...standing } = z.parse(before, change.before)
    return { ...standing, prefixes }
  })
