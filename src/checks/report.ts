import { formatDuration } from '../domain/duration.js'
import type { Failure } from '../domain/result.js'
import type { Inventory } from '../fleet/inventory.js'
import type { Look } from '../providers/look.js'
import type { Report } from './contract.js'

/** Nothing was seen: why. */
export const blind = (why: string, failure?: Failure): Report<never> => ({
  verdict: 'inconclusive',
  output: null,
  summary: why,
  ...(failure ? { failure } : {}),
})

/** Stands after a summary where the inventory is a saved one; else nothing. */
export const ageWords = ({ source, at, because }: Inventory, look: Look): string =>
  source === 'saved'
    ? ` [inventory of ${formatDuration(look.clock.now() - at)} ago: ${because ?? 'EC2 cannot be asked'}]`
    : ''
