import { parsePrefix } from '../../fleet/addresses/parse-prefix.js'
import type { FilterPlace, StandingFilter } from '../../fleet/filters/filter.js'
import { parseScope, scopeWords } from './denial.js'

// An entry of a network ACL has no tags of its own: the ACL has one for each of ours, which says all that there is to
// know where the record is lost. EC2 takes letters, digits, spaces and `+ - = . _ : / @`, 256 of them.

const KEY = 'firebreak:filter:'

export const tagKey = (number: number): string => `${KEY}${number}`

/** An ACL may have so many tags. */
export const MOST_TAGS = 50

type Told = Pick<StandingFilter, 'prefixes' | 'scope' | 'until' | 'incident' | 'filter' | 'cluster'>

/** `203.0.113.0/25 tcp 11211-11214 2026-11-24T04:12:00.000Z f-3fa2c1d0 20261124-0412-kqzx us-east-c1` */
export const tagFor = ({ prefixes, scope, until, incident, filter, cluster }: Told): string =>
  [prefixes[0], scopeWords(scope), new Date(until).toISOString(), filter, incident, cluster].join(' ')

export type TaggedFilter = StandingFilter & { readonly place: FilterPlace & { readonly by: 'network_acl' } }

/** What the tags of an ACL say; what cannot be read is not ours to remove. */
export const standingIn = (
  acl: { readonly id: string; readonly tags: { readonly [key: string]: string } },
  region: string,
): readonly TaggedFilter[] =>
  Object.entries(acl.tags).flatMap(([key, value]) => {
    const number = key.startsWith(KEY) ? Number(key.slice(KEY.length)) : Number.NaN
    const told = Number.isInteger(number) ? read(value) : undefined
    return told ? [{ ...told, place: { by: 'network_acl' as const, acl: acl.id, region, number } }] : []
  })

const TAG = /^(\S+) (\S+ \S+) (\S+Z) (\S+) (\S+) (\S+)$/

const read = (value: string): Told | undefined => {
  const [, text = '', words = '', at = '', filter, incident, cluster] = TAG.exec(value) ?? []
  const prefix = parsePrefix(text)
  const scope = parseScope(words)
  const until = Date.parse(at)
  if (!prefix.ok || !scope || Number.isNaN(until) || !filter || !incident || !cluster) return undefined
  return { prefixes: [prefix.value.prefix], scope, until, filter, incident, cluster }
}
