import type { Result } from '../domain/result.js'
import { fail, ok } from '../domain/result.js'
import { sshUrl } from '../fleet/ssh-host.js'
import type { Endpoint, SshHost } from './wire.js'

/**
 * Where a URL of a real fleet leads: `tcp://host:port`, `tcp://[v6]:port`, `unix:/path`, and
 * `ssh://user@host:port/path` with or without user and port. A drill hands the providers its own function instead.
 */
export const resolveUrl = (url: string): Result<Endpoint> => {
  if (url.startsWith('unix:')) return unixEndpoint(url)
  if (url.startsWith('tcp://')) return tcpEndpoint(url)
  return farSocket(url) ?? unusable(url)
}

const unixEndpoint = (url: string): Result<Endpoint> => {
  const path = url.slice('unix:'.length).replace(/^\/\/(?=\/)/, '')
  return path === '' ? unusable(url) : ok({ path })
}

const tcpEndpoint = (url: string): Result<Endpoint> => {
  const match = /^tcp:\/\/(?:\[([^\]]+)\]|([^:/[\]]+)):(\d{1,5})\/?$/.exec(url)
  const host = match?.[1] ?? match?.[2]
  const port = Number(match?.[3])
  return host === undefined || port < 1 || port > 65_535 ? unusable(url) : ok({ host, port })
}

/** Letters that neither ssh nor its forwarding read as anything else: it would expand `%` and `$`, and split at `:`. */
const FAR = /^(ssh:\/\/[^/]+)(\/[\w@+=,./-]+)$/

const farSocket = (url: string): Result<Endpoint> | undefined => {
  const [, login = '', path] = FAR.exec(url) ?? []
  const ssh = sshHost(login)
  return ssh === undefined || path === undefined ? undefined : ok({ ssh, path })
}

const LOGIN =
  /^ssh:\/\/(?:([A-Za-z0-9_][\w.-]*)@)?(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9_][\w.-]*))(?::(\d{1,5}))?$/

/** `ssh://user@host:port`. Neither user nor host can be taken for an option. Undefined where it is none. */
export const sshHost = (login: string): SshHost | undefined => {
  const [, user, v6, name, written] = LOGIN.exec(login) ?? []
  const host = v6 ?? name
  const port = written === undefined ? undefined : Number(written)
  if (host === undefined || (port !== undefined && (port < 1 || port > 65_535))) return undefined
  return { host, ...(user === undefined ? {} : { user }), ...(port === undefined ? {} : { port }) }
}

/** The same again, as people write it. */
export const loginOf = ({ host, user, port }: SshHost): string =>
  sshUrl(host.includes(':') ? `[${host}]` : host, user, port)

/** What an operator types to get there. */
export const sshByHand = ({ host, user, port }: SshHost): string =>
  `ssh ${port === undefined ? '' : `-p ${port} `}${user === undefined ? '' : `${user}@`}${host}`

const unusable = (url: string): Result<Endpoint> =>
  fail(
    'target.refused',
    `"${url}" is not an address that can be reached.`,
    'Write tcp://host:port, unix:/path or ssh://host/path in the fleet file.',
  )
