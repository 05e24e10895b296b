import type { PlanDraft } from '../../domain/plan.js'
import { ok, type Result } from '../../domain/result.js'
import { limitFor } from '../../fleet/guardrails.js'
import type { Target } from '../../fleet/inventory.js'
import { compareProxies } from '../../providers/connections.js'
import type { Look } from '../../providers/look.js'
import { whoServes } from '../../providers/serving.js'
import { type Found, findProxies } from '../find-proxies.js'
import { inheritanceOf } from '../proxy-life/inheritance.js'
import { draft } from './draft.js'
import { launchableIn } from './launchable.js'
import { deadlineFor, leavingOf } from './leave.js'
import type { Input } from './schema.js'

/**
 * What replacing would do now: as many as the guardrail of the present posture allows, one after the other; whoever
 * is named after them comes in a plan of its own. Launch first, leave then: the number of serving proxies never sinks.
 */
export const plan = async (
  { proxies, deadline, avoid_zones: avoid = [] }: Input,
  look: Look,
): Promise<Result<PlanDraft>> => {
  const ids = [...new Set(proxies)]
  const found = await findProxies(ids, look)
  if (!found.ok) return found
  const { cluster, inventory } = found.value
  const launchable = await launchableIn(cluster, avoid, look)
  if (!launchable.ok) return launchable
  const batch = inOrder(found.value, ids.slice(0, batchSize(look)))
  const deadlineSeconds = deadlineFor(deadline, look)
  const leaving = await leavingOf(cluster, batch, deadlineSeconds, look)
  if (!leaving.ok) return leaving
  const { subnets } = launchable.value.launch
  const [serving, compared, inheritance] = await Promise.all([
    whoServes(look, inventory.targets),
    compareProxies(look, cluster, inventory.targets),
    inheritanceOf(cluster, { inventory, subnets }, look),
  ])
  return ok(
    draft({
      found: found.value,
      ...launchable.value,
      inheritance,
      leaving: leaving.value,
      later: ids.slice(batch.length),
      serving,
      compared,
    }),
  )
}

/** Where none may be out of service, one by one is still no more than none: the new one serves first. */
const batchSize = ({ fleet, posture }: Look): number =>
  Math.max(1, limitFor(fleet.guardrails.maxUnavailableProxies, posture))

const inOrder = ({ targets }: Found, ids: readonly string[]): readonly Target[] =>
  ids.flatMap(id => targets.find(target => target.id === id) ?? [])
