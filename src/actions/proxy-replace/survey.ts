import type { Target } from '../../fleet/inventory.js'
import type { Look } from '../../providers/look.js'

/** How many of them serve: an answer on the data path, not a process that runs. */
export const countServing = async (look: Look, targets: readonly Target[]): Promise<number> => {
  const answers = await Promise.all(targets.map(({ data }) => look.providers.memcached(data).version()))
  return answers.filter(({ ok }) => ok).length
}

/** Client connections that are open on it now; undefined where it does not say. */
export const openConnections = async (look: Look, target: Target): Promise<number | undefined> => {
  if (target.admin === undefined) return undefined
  const stat = await look.providers.haproxy(target.admin).stat()
  if (!stat.ok) return undefined
  return stat.value.filter(({ type }) => type === 'frontend').reduce((sum, { sessions }) => sum + sessions, 0)
}
