import { isWiderThan } from '../../fleet/addresses/arithmetic.js'
import { familyOf, lengthOf, type Prefix } from '../../fleet/addresses/prefix.js'
import type { Guardrails } from '../../fleet/fleet.js'

type Filter = NonNullable<Guardrails['filter']>

/** Why it is too wide to be blocked, whatever stands in the fleet file of everybody; undefined where it is not. */
export const widerThan = (prefix: Prefix, { widest }: Pick<Filter, 'widest'>): string | undefined => {
  if (lengthOf(prefix) === 0) return `${prefix} is everybody, and no filter blocks everybody`
  if (!isWiderThan(prefix, widest)) return undefined
  const family = familyOf(prefix)
  return `${prefix} is wider than the fleet file lets a filter be: at most /${widest[family]} (filter.widest.${family})`
}
