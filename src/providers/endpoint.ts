import type { Result } from '../domain/result.js'
import { fail, ok } from '../domain/result.js'
import type { Endpoint } from './contract.js'

/**
 * Where a URL of a real fleet leads: `tcp://host:port`, `tcp://[v6]:port`, `unix:/path`. A drill hands the
 * providers its own function instead.
 */
export const resolveUrl = (url: string): Result<Endpoint> => {
  if (url.startsWith('unix:')) return unixEndpoint(url)
  if (url.startsWith('tcp://')) return tcpEndpoint(url)
  if (url.startsWith('ssh://')) {
    return fail(
      'target.refused',
      `${url}: the runtime API cannot be reached through ssh yet.`,
      'Give the socket a tcp:// or unix: address in the fleet file (HAProxy: `stats socket ipv4@…`).',
    )
  }
  return unusable(url)
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

const unusable = (url: string): Result<Endpoint> =>
  fail(
    'target.refused',
    `"${url}" is not an address that can be reached.`,
    'Write tcp://host:port or unix:/path in the fleet file.',
  )
