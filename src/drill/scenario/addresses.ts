import * as z from 'zod'
import { parsePrefix } from '../../fleet/addresses/parse-prefix.js'
import { BITS, type Family, familyOf, lengthOf, type Prefix } from '../../fleet/addresses/prefix.js'
import { touching } from '../../fleet/addresses/touching.js'
import { OWN_NETWORKS } from '../world/network.js'

// Where clients of a drill come from. Addresses of the fleet and of its operators are no client's.

/** One address, canonical and without its length. */
export const address = z.string().transform((text, context): string => {
  const prefix = prefixOf(text, context)
  if (prefix === undefined) return z.NEVER
  const isOne = lengthOf(prefix) === BITS[familyOf(prefix)]
  if (!isOne) context.addIssue({ code: 'custom', message: 'must be one address, without a prefix length' })
  return prefix.slice(0, prefix.indexOf('/'))
})

const WIDEST = { ipv4: 20, ipv6: 48 } as const satisfies Record<Family, number>
const NARROWEST = { ipv4: 28, ipv6: 124 } as const satisfies Record<Family, number>

/** A network with room for some who flood, and for some who do not. */
export const network = z.string().transform((text, context): Prefix => {
  const prefix = prefixOf(text, context)
  if (prefix === undefined) return z.NEVER
  const [family, length] = [familyOf(prefix), lengthOf(prefix)]
  if (length < WIDEST[family] || length > NARROWEST[family])
    context.addIssue({
      code: 'custom',
      message: `must be from /${WIDEST[family]} to /${NARROWEST[family]} wide, and this is a /${length}`,
    })
  return prefix
})

/** Canonical, as it was written, and none of the fleet's; else the issue says why not. */
const prefixOf = (text: string, context: z.RefinementCtx): Prefix | undefined => {
  const refuse = (message: string): undefined => {
    context.addIssue({ code: 'custom', message })
  }
  const parsed = parsePrefix(text)
  if (!parsed.ok) return refuse(`must be an address or prefix: ${parsed.failure.message}`)
  const { prefix, taken } = parsed.value
  if (taken !== undefined) return refuse(`must be written as it is meant: ${prefix}`)
  const [own] = ownIn(prefix)
  if (own !== undefined)
    return refuse(`must not hold addresses of the fleet or its operators, who have ${own.prefix} in a drill`)
  return prefix
}

const ownIn = touching(OWN_NETWORKS.map(prefix => ({ prefix })))
