import { formatDuration } from '../../domain/duration.js'
import { isWiderThan } from '../../fleet/addresses/arithmetic.js'
import { familyOf, lengthOf, type Prefix } from '../../fleet/addresses/prefix.js'
import type { Guardrails } from '../../fleet/fleet.js'
import type { Refusal } from '../contract.js'

type Asked = { readonly prefixes: readonly Prefix[] /** Milliseconds. */; readonly ttl?: number | undefined }

/** Why nobody may be blocked so, in any posture; undefined where it may pass. The same where it is written and at 3 a.m. */
export const refusalOf = ({ prefixes, ttl = 0 }: Asked, { filter }: Guardrails): Refusal | undefined => {
  if (!filter)
    return {
      key: 'addresses',
      message: 'the fleet file has no guardrail `filter`, and without one nobody is blocked',
      next: 'write how wide and how long: filter: { widest: { ipv4: 20, ipv6: 48 }, max_ttl: 4h, default_ttl: 30m }',
    }
  const [wide] = prefixes.flatMap(prefix => widerThan(prefix, filter) ?? [])
  if (wide !== undefined)
    return { key: 'addresses', message: wide, next: 'name narrower prefixes, or single addresses' }
  if (ttl <= filter.maxTtl) return undefined
  return {
    key: 'ttl',
    message: `it would stand for ${formatDuration(ttl)}; filter.max_ttl is ${formatDuration(filter.maxTtl)}`,
    next: 'name a shorter time; a filter that is still needed then is put up again',
  }
}

type Filter = NonNullable<Guardrails['filter']>

/** Why it is too wide to be blocked; undefined where it is not. Everybody always is, whatever stands in the fleet file. */
const widerThan = (prefix: Prefix, { widest }: Filter): string | undefined => {
  if (lengthOf(prefix) === 0) return `${prefix} is everybody, and no filter blocks everybody`
  if (!isWiderThan(prefix, widest)) return undefined
  const family = familyOf(prefix)
  return `${prefix} is wider than the fleet file lets a filter be: at most /${widest[family]} (filter.widest.${family})`
}
