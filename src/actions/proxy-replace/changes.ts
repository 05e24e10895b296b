import * as z from 'zod'
import type { Change } from '../../domain/plan.js'

// The three changes of a replacement, as `plan` writes them and `apply` reads them back: what was shown is what is done.

const launchAfter = z.object({
  cluster: z.string(),
  launch_template: z.string(),
  /** Tried in this order, and for each instance type in turn. */
  subnets: z.array(z.string()).min(1),
  instance_types: z.array(z.string()).min(1),
  tags: z.record(z.string(), z.string()),
})
const moveBefore = z.object({ instance: z.string(), association: z.string() })

export type Replacement = {
  readonly old: string
  readonly allocation: string
  readonly launch: z.output<typeof launchAfter>
}

/** The instance that does not exist yet, where a change has to name it. */
export const THE_NEW_ONE = 'the new proxy'

export const changesFor = (
  { old, allocation, launch }: Replacement,
  association: string,
): readonly Change[] => [
  { verb: 'launch', resource: THE_NEW_ONE, before: null, after: launch },
  {
    verb: 'move',
    resource: allocation,
    before: { instance: old, association },
    after: { instance: THE_NEW_ONE },
  },
  { verb: 'park', resource: old, before: { state: 'in service' }, after: { state: 'parked' } },
]

/** Reads the changes of an agreed plan; they were made by `changesFor`, perhaps in another process. */
export const readChanges = (changes: readonly Change[]): Replacement => {
  const launch = launchAfter.parse(changes.find(({ verb }) => verb === 'launch')?.after)
  const moved = changes.find(({ verb }) => verb === 'move')
  const { instance: old } = moveBefore.parse(moved?.before)
  return { old, allocation: z.string().parse(moved?.resource), launch }
}
