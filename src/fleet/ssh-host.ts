import type { Fleet } from './fleet.js'
import type { Target } from './inventory.js'

/** `ssh://user@host:port`, of which only the host must be there. */
export const sshUrl = (host: string, user?: string, port?: string | number): string =>
  `ssh://${user === undefined ? '' : `${user}@`}${host}${port === undefined ? '' : `:${port}`}`

/**
 * Where ssh finds the host of a target: as its runtime API is reached, where that is by ssh; else by its private
 * address, else by the one that its data path names. Undefined where none of them names a host.
 */
export const sshHostOf = (
  target: Pick<Target, 'admin' | 'privateIp' | 'data'>,
  { ssh }: Pick<Fleet, 'ssh'>,
): string | undefined => {
  const admin = /^ssh:\/\/[^/]+/.exec(target.admin ?? '')?.[0]
  if (admin !== undefined) return admin
  const host = target.privateIp ?? /^tcp:\/\/(\[[^\]]+\]|[^:/]+):\d+$/.exec(target.data)?.[1]
  return host === undefined ? undefined : sshUrl(host, ssh?.user, ssh?.port)
}
