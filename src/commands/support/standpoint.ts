import { networkInterfaces } from 'node:os'
import type { Standpoint } from '../../providers/look.js'
import type { Io } from './io.js'

/**
 * sshd says in SSH_CONNECTION from where the operator has come, and at which address; sudo may take it away. A shell
 * that was left open may have it from an earlier login: that one is kept from filters as well as any.
 */
export const standpointOf = (env: Io['env']): Standpoint => {
  const [operator, , arrived] = env.SSH_CONNECTION?.split(' ') ?? []
  const own = Object.values(networkInterfaces()).flatMap((addresses = []) =>
    addresses.filter(({ internal }) => !internal).map(({ address }) => address),
  )
  return {
    ...(operator ? { operator: withoutZone(operator) } : {}),
    here: [...new Set([...own, ...(arrived ? [arrived] : [])].map(withoutZone))],
  }
}

/** `fe80::1%eth0`: the zone means something here alone. */
const withoutZone = (address: string): string => address.replace(/%.*$/, '')
