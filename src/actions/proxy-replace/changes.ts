import * as z from 'zod'
import type { Change } from '../../domain/plan.js'
import { type Inherited, inheritedBy, inheritedChange } from '../ip-filter/inherited.js'

// The changes of a batch, as `plan` writes them and `apply` reads them back: what was shown is what is done.

export const launchAfter = z.object({
  cluster: z.string(),
  launch_template: z.string(),
  /** Tried in this order, and for each instance type in turn. */
  subnets: z.array(z.string()).min(1),
  instance_types: z.array(z.string()).min(1),
  tags: z.record(z.string(), z.string()),
})
const moveBefore = z.object({ instance: z.string(), association: z.string() })
const drainBefore = z.object({ admin: z.string(), frontends: z.array(z.string()) })
const drainAfter = z.object({ deadline_seconds: z.number() })
const shutBefore = z.object({ servers: z.array(z.string()) })

export type Launch = z.output<typeof launchAfter>

/** How the clients of the old proxy leave it. */
export type Leave =
  /** By the address, which is the cut. */
  | { readonly by: 'move'; readonly allocation: string; readonly association: string }
  /** By its own frontends: it accepts no more, and after the deadline what is left is shut. */
  | {
      readonly by: 'drain'
      readonly admin: string
      /** Those that accept now, by name. */
      readonly frontends: readonly string[]
      /** Those behind them, as `backend/server`. */
      readonly servers: readonly string[]
      readonly deadlineSeconds: number
    }
  /** Its runtime API does not answer: nobody can be told to leave. */
  | { readonly by: 'nothing' }

export type Slot = {
  readonly old: string
  readonly launch: Launch
  /** What stands at its cluster, and is put up at the new one before any client comes to it. */
  readonly filters: readonly Inherited[]
  readonly leave: Leave
  /** What the keys of its launches begin with. */
  readonly launchKey: string
}

/** The instance that does not exist yet, where a change has to name it. */
export const newFor = (old: string): string => `the new proxy for ${old}`

/** As 0.1.0 named it, which replaced one proxy at a time. */
const THE_NEW_ONE = 'the new proxy'

export const changesFor = ({ old, launch, filters, leave }: Omit<Slot, 'launchKey'>): readonly Change[] => [
  { verb: 'launch', resource: newFor(old), before: null, after: launch },
  ...filters.map(one => inheritedChange(newFor(old), one)),
  ...leaveChanges(old, leave),
  { verb: 'park', resource: old, before: { state: 'in service' }, after: { state: 'parked' } },
]

export const leaveChanges = (old: string, leave: Leave): readonly Change[] => {
  if (leave.by === 'nothing') return []
  if (leave.by === 'move') {
    const before = { instance: old, association: leave.association }
    return [{ verb: 'move', resource: leave.allocation, before, after: { instance: newFor(old) } }]
  }
  const { admin, frontends, servers, deadlineSeconds } = leave
  return [
    {
      verb: 'drain',
      resource: old,
      before: { admin, frontends: [...frontends] },
      after: { frontends: 'stopped', deadline_seconds: deadlineSeconds },
    },
    {
      verb: 'shut-sessions',
      resource: old,
      before: { servers: [...servers] },
      after: { sessions: 'shut' },
    },
  ]
}

/** Reads the changes of an agreed plan; they were made by `changesFor`, perhaps in another process. */
export const readChanges = (changes: readonly Change[]): readonly Slot[] =>
  changes.filter(({ verb }) => verb === 'park').map(({ resource }) => slotOf(resource, changes))

const slotOf = (old: string, changes: readonly Change[]): Slot => {
  const launch = changes.find(
    ({ verb, resource }) => verb === 'launch' && (resource === newFor(old) || resource === THE_NEW_ONE),
  )
  return {
    old,
    launch: launchAfter.parse(launch?.after),
    filters: inheritedBy(newFor(old), changes),
    leave: leaveOf(old, changes),
    // An apply that 0.1.0 began is gone on with under the keys that it has launched by.
    launchKey: launch?.resource === THE_NEW_ONE ? 'launch' : `launch-${old}`,
  }
}

export const leaveOf = (old: string, changes: readonly Change[]): Leave => {
  const moved = changes.find(({ verb, before }) => verb === 'move' && before?.instance === old)
  if (moved) {
    const { association } = moveBefore.parse(moved.before)
    return { by: 'move', allocation: moved.resource, association }
  }
  const of = (verb: string) => changes.find(change => change.verb === verb && change.resource === old)
  const drained = of('drain')
  if (!drained) return { by: 'nothing' }
  return {
    by: 'drain',
    ...drainBefore.parse(drained.before),
    ...shutBefore.parse(of('shut-sessions')?.before),
    deadlineSeconds: drainAfter.parse(drained.after).deadline_seconds,
  }
}
