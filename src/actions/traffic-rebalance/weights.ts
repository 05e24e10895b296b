import * as z from 'zod'
import type { Change, Plan } from '../../domain/plan.js'
import type { ServerRow } from '../../providers/contract.js'

/** One weight to set: everything that this takes, also in another process. */
export const weightChange = z.object({
  proxy: z.string(),
  admin: z.string(),
  backend: z.string(),
  server: z.string(),
  from: z.number(),
  to: z.number(),
})
export type WeightChange = z.output<typeof weightChange>

export const nameOf = ({ backend, server }: Pick<WeightChange, 'backend' | 'server'>): string =>
  `${backend}/${server}`

/** Servers that new connections go to. */
const usable = (rows: readonly ServerRow[]): readonly ServerRow[] =>
  rows.filter(({ up, weight }) => up && weight > 0)

/** Whether a backend of one proxy has servers that new connections go to, and would have none with these weights. */
export const wouldStarve = (
  rows: readonly ServerRow[],
  backend: string,
  changes: readonly Pick<WeightChange, 'backend' | 'server' | 'to'>[],
): boolean => {
  const before = rows.filter(row => row.backend === backend)
  const after = before.map(row => ({
    ...row,
    weight: changes.find(change => nameOf(change) === nameOf(row))?.to ?? row.weight,
  }))
  return usable(before).length > 0 && usable(after).length === 0
}

export const changesFor = (weights: readonly WeightChange[]): readonly Change[] =>
  weights.map(({ proxy, admin, from, to, ...server }) => ({
    verb: 'weigh',
    resource: `${proxy}/${nameOf(server)}`,
    before: { weight: from, admin },
    after: { weight: to },
  }))

const before = z.object({ weight: z.number(), admin: z.string() })
const after = z.object({ weight: z.number() })

/** Reads the changes of an agreed plan; they were made by `changesFor`, perhaps in another process. */
export const readChanges = ({ changes }: Plan): readonly WeightChange[] =>
  changes.map(change => {
    // A name of HAProxy has no `/`; what stands before the last two is the proxy's.
    const [server = '', backend = '', ...proxy] = change.resource.split('/').reverse()
    const { weight: from, admin } = before.parse(change.before)
    const { weight: to } = after.parse(change.after)
    return { proxy: proxy.reverse().join('/'), admin, backend, server, from, to }
  })
