import type { Target } from '../fleet/inventory.js'
import type { Look } from './look.js'

/** Ids of those that serve: an answer on the data path, not a process that runs. */
export const whoServes = async (
  look: Pick<Look, 'providers'>,
  targets: readonly Target[],
): Promise<ReadonlySet<string>> => {
  const answers = await Promise.all(
    targets.map(async ({ id, data }) => ((await look.providers.memcached(data).version()).ok ? [id] : [])),
  )
  return new Set(answers.flat())
}
