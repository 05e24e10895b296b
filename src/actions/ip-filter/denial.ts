// ip-filter: what `ip-filter.apply` and `ip-filter.remove` share: what is denied where, and the ops that put it up and
// take it away. Who may be denied is decided by the plan of `ip-filter.apply`, and nowhere else.

import * as z from 'zod'
import { type FilterPlace, placeSchema, prefixSchema, scopeSchema } from '../../fleet/filters/filter.js'

/** What one filter denies at one place. */
export const denialSchema = z.object({
  filter: z.string(),
  cluster: z.string(),
  place: placeSchema,
  scope: scopeSchema,
  prefixes: z.array(prefixSchema).min(1),
})
export type Denial = z.output<typeof denialSchema>
export type Scope = Denial['scope']

export type DenialBy<By extends FilterPlace['by']> = Denial & {
  readonly place: FilterPlace & { readonly by: By }
}

/** `tcp 11211-11214`. */
export const scopeWords = ({ protocol, ports: { from, to } }: Scope): string =>
  `${protocol} ${from === to ? from : `${from}-${to}`}`

/** What `scopeWords` has written, read back from a plan. */
export const readScope = (words: string): Scope => {
  const [, protocol, from, to = from] = /^(\w+) (\d+)(?:-(\d+))?$/.exec(words) ?? []
  return scopeSchema.parse({ protocol, ports: { from: Number(from), to: Number(to) } })
}

/** Where it stands, as the resource of a change and the target of an op. */
export const resourceOf = (place: FilterPlace): string =>
  place.by === 'network_acl' ? `${place.acl}/${place.number}` : place.proxy
