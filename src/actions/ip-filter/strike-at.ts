import { ok, type Result } from '../../domain/result.js'
import type { FilterRegister } from '../../fleet/filters/register.js'

/** Of a proxy that is no more: all that stood at it, whichever filter and incident it is of. The first failure, where one cannot be struck out. */
export const strikeAt = (proxy: string, filters: FilterRegister): Result<null> =>
  filters
    .all()
    .filter(({ place }) => place.by !== 'network_acl' && place.proxy === proxy)
    .map(standing => filters.strike(standing))
    .find(struck => !struck.ok) ?? ok(null)
