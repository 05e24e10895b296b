import * as z from 'zod'
import { epochMs, toInstant } from '../../domain/instant.js'
import type { Change } from '../../domain/plan.js'
import { type Denial, denialSchema, readScope, scopeWords } from './denial.js'

/** A filter that stands at proxies of a cluster, as one that is launched there gets it. */
export type Inherited = Pick<Denial, 'filter' | 'scope' | 'prefixes'> & {
  readonly way: Way
  /** In milliseconds since 1970. A moment, and no duration, is the same whenever the plan is made again: it binds. */
  readonly until: number
}

/** How it stands at each proxy by itself. */
export type Way = { readonly by: 'deny_list'; readonly list: string } | { readonly by: 'nftables' }

/** Where what was launched is reached: at its runtime API, and by ssh. */
export const reachSchema = z.object({ admin: z.string(), host: z.string() })
export type Reach = z.output<typeof reachSchema>

export const inheritedChange = (resource: string, one: Inherited): Change => ({
  verb: 'deny',
  resource,
  before: null,
  after: {
    filter: one.filter,
    ...one.way,
    addresses: [...one.prefixes],
    on: scopeWords(one.scope),
    until: toInstant(one.until),
  },
})

const shared = {
  filter: z.string(),
  addresses: denialSchema.shape.prefixes,
  on: z.string(),
  until: z.string(),
}
const after = z.discriminatedUnion('by', [
  z.object({ by: z.literal('deny_list'), list: z.string(), ...shared }),
  z.object({ by: z.literal('nftables'), ...shared }),
])

/** What the new proxy of that name gets by an agreed plan; it was made by `inheritedChange`, perhaps in another process. */
export const inheritedBy = (resource: string, changes: readonly Change[]): readonly Inherited[] =>
  changes
    .filter(change => change.verb === 'deny' && change.resource === resource)
    .map(change => {
      const { filter, addresses: prefixes, on, until, ...way } = after.parse(change.after)
      return { filter, prefixes, scope: readScope(on), until: epochMs(until), way }
    })

/** The same at one proxy. */
export const denialAt = (
  { filter, scope, prefixes, way }: Inherited,
  { instance, cluster, admin, host }: Reach & { readonly instance: string; readonly cluster: string },
): Denial => {
  const place = way.by === 'deny_list' ? { ...way, proxy: instance, admin } : { ...way, proxy: instance, host }
  return { filter, cluster, place, scope, prefixes }
}
