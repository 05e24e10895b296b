import type { Change, Plan } from '../../domain/plan.js'
import type { OpRequest } from '../contract.js'
import { type Errand, errand, errandChange, errandRequest } from '../over-ssh/errand.js'
import { levelRequest, type ShardLevel, shardLevel } from './ops/set-verbosity.js'

/** What is to be done: a command on each proxy, a level on each shard. */
export type Throttling = { readonly errands: readonly Errand[]; readonly levels: readonly ShardLevel[] }

export const changesFor = ({ errands, levels }: Throttling): readonly Change[] => [
  ...errands.map(errandChange),
  ...levels.map(levelChange),
]

/** The address goes with it: it is what the op needs, and a change of it is another plan. */
const levelChange = ({ shard, data, from, to }: ShardLevel): Change => ({
  verb: 'set verbosity',
  resource: shard,
  before: { level: from, data },
  after: { level: to, data },
})

/** Reads the changes of an agreed plan; they were made by `changesFor`, perhaps in another process. */
export const readChanges = ({ changes }: Plan): Throttling => {
  const errands: Errand[] = []
  const levels: ShardLevel[] = []
  for (const { verb, resource, before, after } of changes) {
    if (verb === 'run') errands.push(errand.parse(after))
    else
      levels.push(
        shardLevel.parse({ shard: resource, data: after?.data, from: before?.level, to: after?.level }),
      )
  }
  return { errands, levels }
}

export const requestsFor = ({ errands, levels }: Throttling): readonly OpRequest[] => [
  ...errands.map(errandRequest),
  ...levels.map(one => levelRequest(one)),
]
