import type { PlanDraft } from '../../domain/plan.js'
import { fail, type Result } from '../../domain/result.js'
import type { Inventory } from '../../fleet/inventory.js'
import type { Look } from '../../providers/look.js'
import { taggedCluster } from '../tagged-cluster.js'
import { growing } from './growing.js'
import type { Input } from './schema.js'
import { shrinking } from './shrinking.js'

/** Counted are the proxies that are not parked, also those that do not serve now: they may come back. */
export const plan = async (input: Input, look: Look): Promise<Result<PlanDraft>> => {
  const cluster = taggedCluster(input.cluster, look)
  if (!cluster.ok) return cluster
  const inventory = await look.discover(input.cluster, 'proxy')
  if (!inventory.ok) return inventory
  if (inventory.value.source === 'saved') return uncounted(inventory.value)
  const now = inventory.value.targets.length
  const wanted = input.to ?? now + (input.by ?? 0)
  if (wanted === now) return fail('plan.nothing-to-do', `${input.cluster} has ${now} proxies already`, 'go on')
  if (wanted < 0)
    return fail(
      'input.invalid',
      `${input.cluster} has ${now} proxies, and ${-(input.by ?? 0)} are to be taken away`,
      'ask for fewer',
    )
  const scene = { input, look, cluster: cluster.value, inventory: inventory.value }
  if (wanted < now) return shrinking(scene, now - wanted)
  if (input.proxies)
    return fail(
      'input.invalid',
      `\`proxies\` names which to take away, and ${input.cluster} is to have ${wanted - now} more`,
      'leave it out',
    )
  return growing(scene, wanted - now)
}

const uncounted = ({ cluster, because }: Inventory): Result<never> =>
  fail(
    'ec2.unavailable',
    `how many proxies ${cluster} has is not known now: ${because ?? 'EC2 cannot be asked'}`,
    'visit the step again when EC2 answers',
  )
