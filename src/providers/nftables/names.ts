import type { Family } from '../../fleet/addresses/prefix.js'
import type { PortScope } from './contract.js'

/** All that is ours. `nft delete table inet firebreak` takes all of it back by hand. */
export const TABLE = 'inet firebreak'
export const CHAIN = 'input'

/** Before `filter` (0), where a host's own rules stand, and after connection tracking and address translation. */
export const PRIORITY = -10

/** A set holds addresses of one of them. */
export const FAMILIES = ['ipv4', 'ipv6'] as const satisfies readonly Family[]

/** The one set of a scope and a family: `tcp_11211_11214_ipv4`. Its name is all that tells which ports it is for. */
export const setName = ({ protocol, ports }: PortScope, family: Family): string =>
  `${protocol}_${ports.from}_${ports.to}_${family}`

/** The same read back. Undefined for a set that is not ours. */
export const readSetName = (
  name: string,
): { readonly scope: PortScope; readonly family: Family } | undefined => {
  const [, protocol, from, to, family] = SET_NAME.exec(name) ?? []
  if (protocol !== 'tcp' && protocol !== 'udp') return undefined
  if (family !== 'ipv4' && family !== 'ipv6') return undefined
  return { scope: { protocol, ports: { from: Number(from), to: Number(to) } }, family }
}

const SET_NAME = /^(tcp|udp)_([1-9]\d{0,4})_([1-9]\d{0,4})_(ipv4|ipv6)$/
