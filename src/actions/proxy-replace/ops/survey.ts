import * as z from 'zod'
import type { Json } from '../../../domain/json.js'
import { fail, ok, type Result } from '../../../domain/result.js'
import { compareProxies } from '../../../providers/connections.js'
import { defineOp, type Hands } from '../../contract.js'
import { TAG } from '../../proxy-life/launch.js'

const args = z.object({ cluster: z.string() })

const sight = z.object({
  /** What stands out now, by which comparison. */
  hot: z.record(z.string(), z.string()),
  /** All that answered. */
  seen: z.array(z.string()),
  /** Those that this incident has launched. */
  ours: z.array(z.string()),
})

export type Sight = z.output<typeof sight>

/** The whole fleet once more, by the same rule as the plan and the check `proxy.connections`. */
const effect = async (
  { cluster: name }: z.output<typeof args>,
  _token: string,
  { look, incident }: Hands,
): Promise<Result<Json>> => {
  const cluster = look.fleet.clusters[name]
  if (!cluster)
    return fail('fleet.unknown-cluster', `the fleet file no longer knows ${name}`, 'restore it, then resume')
  const inventory = await look.discover(name, 'proxy')
  if (!inventory.ok) return inventory
  const { targets } = inventory.value
  const { seen, hot } = await compareProxies(look, cluster, targets)
  const ours = targets.filter(({ tags }) => tags[TAG.incident] === incident && tags[TAG.op] !== undefined)
  return ok({
    hot: Object.fromEntries(hot.map(({ id, because }) => [id, because])),
    seen: seen.map(({ id }) => id),
    ours: ours.map(({ id }) => id),
    told: hot.length === 0 ? 'none is hot' : `hot: ${hot.map(({ id }) => id).join(', ')}`,
  })
}

export const survey = defineOp(args, {
  effect,
  probe: async () => ({ state: 'not-done', evidence: 'a look; it is made again' }),
  undo: 'nothing',
})

/** As it stands in the journal. */
export const sightIn = (result: Json): Sight => sight.parse(result)
