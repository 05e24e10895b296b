import * as z from 'zod'
import { parsePrefix } from '../addresses/parse-prefix.js'

/** Read back as it was made: what somebody has changed in a record or a journal is no prefix of ours. */
export const prefixSchema = z.string().transform((text, context) => {
  const parsed = parsePrefix(text)
  if (parsed.ok && parsed.value.prefix === text) return parsed.value.prefix
  context.addIssue({ code: 'custom', message: `${JSON.stringify(text)} is no canonical prefix` })
  return z.NEVER
})

/** What is denied to the addresses of a filter: a protocol, and ports of the host that they connect to, both ends included. */
export const scopeSchema = z.object({
  protocol: z.enum(['tcp', 'udp']),
  ports: z.object({ from: z.int().min(1).max(65_535), to: z.int().min(1).max(65_535) }),
})

export type FilterScope = z.output<typeof scopeSchema>

export const isSameScope = (a: FilterScope, b: FilterScope): boolean =>
  a.protocol === b.protocol && a.ports.from === b.ports.from && a.ports.to === b.ports.to

/** Where entries stand, with all that is needed to take them away: no fleet file, no inventory. */
export const placeSchema = z.discriminatedUnion('by', [
  z.object({ by: z.literal('deny_list'), proxy: z.string(), admin: z.string(), list: z.string() }),
  z.object({ by: z.literal('nftables'), proxy: z.string(), host: z.string() }),
  z.object({ by: z.literal('network_acl'), acl: z.string(), region: z.string(), number: z.int() }),
])
export type FilterPlace = z.output<typeof placeSchema>

/** What stands at one place because of one filter. */
export const standingSchema = z.object({
  /** Of the whole filter: what is put up together has one name. */
  filter: z.string(),
  incident: z.string(),
  cluster: z.string(),
  place: placeSchema,
  scope: scopeSchema,
  prefixes: z.array(prefixSchema).min(1),
  /** When it is to be gone, in milliseconds since 1970. */
  until: z.number(),
})
export type StandingFilter = z.output<typeof standingSchema>

/** Its place as one text, by which two records are the same one or not. */
export const placeKeyOf = (place: FilterPlace): string => {
  switch (place.by) {
    case 'deny_list':
      return `${place.admin} ${place.list}`
    case 'nftables':
      return place.host
    case 'network_acl':
      return `${place.acl} ${place.number}`
  }
}

/** Whether both are the one record of a filter of an incident at a place. */
export const isSameRecord = (
  a: Pick<StandingFilter, 'filter' | 'incident' | 'place'>,
  b: Pick<StandingFilter, 'filter' | 'incident' | 'place'>,
): boolean => a.filter === b.filter && a.incident === b.incident && placeKeyOf(a.place) === placeKeyOf(b.place)
