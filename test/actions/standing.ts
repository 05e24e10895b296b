// What the register of a fleet has, for tests of what comes of it.

import type { FilterPlace, StandingFilter } from '../../src/fleet/filters/filter.js'
import type { FilterRegister } from '../../src/fleet/filters/register.js'
import { read } from '../fuzz/filter-trial.js'
import { CLUSTER, LIST, registerOf } from './filters.js'

export const SCOPE = { protocol: 'tcp', ports: { from: 11_211, to: 11_212 } } as const

export const listAt = (proxy: string, admin: string): FilterPlace => ({
  by: 'deny_list',
  proxy,
  admin,
  list: LIST,
})

export const hostAt = (proxy: string, host: string): FilterPlace => ({ by: 'nftables', proxy, host })

/** Of another incident than that of the ops in tests. */
export const standing = (
  filter: string,
  place: FilterPlace,
  until: number,
  ...prefixes: readonly string[]
): StandingFilter => ({
  filter,
  incident: '20261123-0412-kqzx',
  cluster: CLUSTER,
  place,
  scope: SCOPE,
  prefixes: prefixes.map(read),
  until,
})

export const registerWith = (...filters: readonly StandingFilter[]): FilterRegister =>
  registerOf({ standing: [...filters] })
