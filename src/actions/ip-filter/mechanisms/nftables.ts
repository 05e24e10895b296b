import { ok } from '../../../domain/result.js'
import { familyOf } from '../../../fleet/addresses/prefix.js'
import { isSameScope } from '../../../fleet/filters/filter.js'
import { sshByHand, sshHost } from '../../../providers/endpoint.js'
import { setName, TABLE } from '../../../providers/nftables/names.js'
import { quoted } from '../../shell-line.js'
import type { DenialBy } from '../denial.js'
import type { Mechanism } from './mechanism.js'

type D = DenialBy<'nftables'>

/** Entries in a set of our own on one host: its kernel ends them by itself, up to a second late, never early. */
export const nftables: Mechanism<D> = {
  standing: async ({ place, scope, prefixes }, providers) => {
    const seen = await providers.nftables(place.host).look()
    if (!seen.ok) return seen
    const there = new Set(
      seen.value.filter(one => one.inForce && isSameScope(one.scope, scope)).map(one => one.prefix),
    )
    return ok(prefixes.filter(prefix => there.has(prefix)))
  },
  put: async ({ place, scope, prefixes }, { ttl }, providers) => {
    const denied = await providers.nftables(place.host).deny(prefixes, scope, Math.ceil(ttl / 1_000))
    return denied.ok ? ok({ already: [] }) : denied
  },
  take: ({ place, scope, prefixes }, providers) => providers.nftables(place.host).allow(prefixes, scope),
  byHand: {
    // The set and its rule stand from the first entry on; by hand they are made as the README says.
    put: (denial, ttl) =>
      elements('add', denial, ` timeout ${ttl === undefined ? '<seconds>' : Math.ceil(ttl / 1_000)}s`),
    take: denial => elements('delete', denial, ''),
  },
}

const elements = (verb: string, { place: { host }, scope, prefixes }: D, time: string): readonly string[] =>
  prefixes.map(prefix => {
    const command = `nft ${verb} element ${TABLE} ${setName(scope, familyOf(prefix))} '{ ${prefix}${time} }'`
    const to = sshHost(host)
    return `${to ? sshByHand(to) : `ssh ${host}`} ${quoted(command)}`
  })
