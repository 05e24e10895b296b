import type { Change } from '../../domain/plan.js'
import { STATE_TAG } from '../../fleet/discovery.js'
import type { Instance } from '../../providers/contract.js'
import { TAG } from '../proxy-life/launch.js'

/** One for each instance, with all by which an operator can tell that it is the right one. */
export const changesFor = (instances: readonly Instance[]): readonly Change[] =>
  instances.map(({ id, zone, instanceType, launchedAt, tags }) => ({
    verb: 'terminate',
    resource: id,
    before: {
      state: STATE_TAG.parked,
      zone: zone ?? 'unknown',
      type: instanceType ?? 'unknown',
      launched: launchedAt ?? 'unknown',
      'parked by': tags[TAG.incident] ?? 'hand',
      'parked since': tags[TAG.since] ?? 'unknown',
    },
    after: { state: 'terminated' },
  }))

/** The ids in the changes of an agreed plan; they were made by `changesFor`, perhaps in another process. */
export const readChanges = (changes: readonly Change[]): readonly string[] =>
  changes.map(({ resource }) => resource)
