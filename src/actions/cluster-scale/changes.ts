import type { Change } from '../../domain/plan.js'
import { type Inherited, inheritedBy, inheritedChange } from '../ip-filter/inherited.js'
import { type Launch, type Leave, launchAfter, leaveChanges, leaveOf } from '../proxy-replace/changes.js'

// A plan to scale either launches or takes away: its changes, as `plan` writes them and `apply` reads them back.

export type Growth = {
  readonly name: string
  readonly launch: Launch
  /** What stands at its cluster, and is put up at it before it enters service. */
  readonly filters: readonly Inherited[]
}
export type Departure = { readonly proxy: string; readonly leave: Leave }

/** An instance that does not exist yet, where a change has to name it. */
export const newProxy = (number: number): string => `new proxy ${number}`

export const launchChanges = (growth: readonly Growth[]): readonly Change[] =>
  growth.flatMap(({ name, launch, filters }) => [
    { verb: 'launch', resource: name, before: null, after: launch },
    ...filters.map(one => inheritedChange(name, one)),
  ])

export const departureChanges = (departures: readonly Departure[]): readonly Change[] =>
  departures.flatMap(({ proxy, leave }) => [
    ...leaveChanges(proxy, leave),
    { verb: 'park', resource: proxy, before: { state: 'in service' }, after: { state: 'parked' } },
  ])

export const growthIn = (changes: readonly Change[]): readonly Growth[] =>
  changes
    .filter(({ verb }) => verb === 'launch')
    .map(({ resource: name, after }) => ({
      name,
      launch: launchAfter.parse(after),
      filters: inheritedBy(name, changes),
    }))

export const departuresIn = (changes: readonly Change[]): readonly Departure[] =>
  changes
    .filter(({ verb }) => verb === 'park')
    .map(({ resource }) => ({ proxy: resource, leave: leaveOf(resource, changes) }))
