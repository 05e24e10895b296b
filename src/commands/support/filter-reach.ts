import type { Clock } from '../../domain/clock.js'
import type { FilterPlace } from '../../fleet/filters/filter.js'
import type { SshSettings } from '../../fleet/fleet.js'
import type { Providers } from '../../providers/contract.js'
import { resolveUrl } from '../../providers/endpoint.js'
import { createProviders, type ProviderSet } from '../../providers/providers.js'
import { VERSION } from '../../version.js'
import { OUTSIDE } from './session-deps.js'

/** Clients for places where filters stand: a record of one says where, and in which region. */
export type FilterReach = {
  readonly at: (place: FilterPlace) => Providers
  readonly close: () => void
}

/** The real world, outside any incident. Nothing is opened, and no SDK loaded, before it is used. */
export const openFilterReach = (clock: Clock, ssh?: SshSettings): FilterReach => {
  const made = new Map<string, ProviderSet>()
  return {
    at: place => {
      const region = place.by === 'network_acl' ? place.region : ''
      const providers = made.get(region) ?? connect(clock, region, ssh)
      made.set(region, providers)
      return providers
    },
    close: () => {
      for (const providers of made.values()) providers.close()
    },
  }
}

const connect = (clock: Clock, region: string, ssh: SshSettings | undefined): ProviderSet =>
  createProviders({
    clock,
    resolve: resolveUrl,
    ...(region === '' ? {} : { aws: { region, version: VERSION } }),
    outside: OUTSIDE,
    ...(ssh ? { ssh } : {}),
    record: () => {},
  })

/** Only then the fleet file has something to say about it. */
export const isOverSsh = (place: FilterPlace): boolean =>
  place.by === 'nftables' || (place.by === 'deny_list' && place.admin.startsWith('ssh://'))
