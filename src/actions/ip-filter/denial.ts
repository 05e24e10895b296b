// ip-filter: what `ip-filter.apply` and `ip-filter.remove` share: what is denied where, and the ops that put it up and
// take it away. Who may be denied is decided by the plan of `ip-filter.apply`, and nowhere else.

import * as z from 'zod'
import {
  type FilterPlace,
  type FilterScope,
  placeSchema,
  prefixSchema,
  scopeSchema,
} from '../../fleet/filters/filter.js'

/** What one filter denies at one place. */
export const denialSchema = z.object({
  filter: z.string(),
  cluster: z.string(),
  place: placeSchema,
  scope: scopeSchema,
  prefixes: z.array(prefixSchema).min(1),
})
export type Denial = z.output<typeof denialSchema>
export type Scope = FilterScope

export type DenialBy<By extends FilterPlace['by']> = Denial & {
  readonly place: FilterPlace & { readonly by: By }
}

/** `tcp 11211-11214`. */
export const scopeWords = ({ protocol, ports: { from, to } }: Scope): string =>
  `${protocol} ${from === to ? from : `${from}-${to}`}`

/** `11211` or `11211-11214`; undefined where it is neither. */
export const parsePorts = (text: string): Scope['ports'] | undefined => {
  const [, first, last = first] = /^([1-9]\d{0,4})(?:-([1-9]\d{0,4}))?$/.exec(text) ?? []
  const [from, to] = [Number(first), Number(last)]
  return first !== undefined && from <= to && to <= 65_535 ? { from, to } : undefined
}

/** What `scopeWords` has written; undefined where it is nothing of the kind. */
export const parseScope = (words: string): Scope | undefined => {
  const [protocol, ports = ''] = words.split(' ')
  return scopeSchema.safeParse({ protocol, ports: parsePorts(ports) }).data
}

/** The same, read back from a plan. */
export const readScope = (words: string): Scope => {
  const scope = parseScope(words)
  if (!scope) throw new Error(`a plan with ports that are none: ${words}`)
  return scope
}

/** Where it stands, as the resource of a change and the target of an op. */
export const resourceOf = (place: FilterPlace): string =>
  place.by === 'network_acl' ? `${place.acl}/${place.number}` : place.proxy
