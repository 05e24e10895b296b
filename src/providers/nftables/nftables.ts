// nftables of another host, by the `nft` there, over ssh. Knows one table, and touches nothing outside of it; who may
// be denied, and for how long, is not decided here.

import { ok } from '../../domain/result.js'
import { allow } from './allow.js'
import type { Nftables } from './contract.js'
import { deny } from './deny.js'
import type { Listed } from './listing.js'
import { type Nft, readTable } from './nft.js'

/** The nftables of `ssh://user@host:port`. */
export const nftables = (host: string, overSsh: Nft['overSsh']): Nftables => {
  const nft: Nft = { host, overSsh }
  return {
    look: async () => {
      const listed = await readTable(nft)
      return listed.ok ? ok(denialsIn(listed.value)) : listed
    },
    deny: (prefixes, scope, ttl) => deny(nft, { prefixes, scope, ttl }),
    allow: (prefixes, scope) => allow(nft, prefixes, scope),
  }
}

const denialsIn = (listed: Listed) =>
  [...listed.values()].flatMap(({ scope, inForce, entries }) =>
    entries.map(({ span, expiresIn, timeout }) => ({
      scope,
      prefix: span.text,
      inForce,
      ...(expiresIn === undefined ? {} : { expiresIn }),
      ...(timeout === undefined ? {} : { timeout }),
    })),
  )
