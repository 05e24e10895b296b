import { fail, ok, type Result } from '../../domain/result.js'
import type { Target } from '../../fleet/inventory.js'
import { groupOf } from '../auto-scaling.js'
import { TAG } from '../proxy-life/launch.js'
import type { Scene } from './scene.js'

/**
 * Which proxies are taken away: those that the operator names, else those that firebreak itself launched, oldest
 * first. Others have a history that firebreak does not know (a list of clients, a contract, a test), and go by name only.
 */
export const whoLeaves = (scene: Scene, fewer: number): Result<readonly Target[]> => {
  const { input, inventory } = scene
  const chosen = input.proxies
    ? named(input.proxies, scene, fewer)
    : oldestOfOurs(inventory.targets, scene, fewer)
  if (!chosen.ok) return chosen
  const grouped = chosen.value.find(target => groupOf(target) !== undefined)
  return grouped ? inGroup(grouped) : chosen
}

const named = (
  proxies: readonly string[],
  { input, inventory }: Scene,
  fewer: number,
): Result<readonly Target[]> => {
  const ids = [...new Set(proxies)]
  const found = ids.flatMap(id => inventory.targets.find(target => target.id === id) ?? [])
  const lost = ids.filter(id => !found.some(target => target.id === id))
  if (lost.length > 0)
    return fail(
      'plan.impossible',
      `${lost.join(', ')}: not in service in ${input.cluster}; gone, or parked already`,
      'look at the fleet again before deciding',
    )
  if (ids.length === fewer) return ok(found)
  return fail(
    'input.invalid',
    `\`proxies\` names ${ids.length}, and those of ${input.cluster} to be taken away are ${fewer}`,
    `name exactly ${fewer}, or mend \`to\` or \`by\``,
  )
}

const oldestOfOurs = (
  targets: readonly Target[],
  { input }: Scene,
  fewer: number,
): Result<readonly Target[]> => {
  const ours = targets
    .filter(({ tags }) => tags[TAG.op] !== undefined)
    .toSorted((a, b) => compare(a.launchedAt ?? '', b.launchedAt ?? '') || compare(a.id, b.id))
  if (ours.length >= fewer) return ok(ours.slice(0, fewer))
  return fail(
    'plan.impossible',
    `of the ${targets.length} proxies of ${input.cluster} firebreak has launched ${ours.length}, fewer than the ${fewer} to be taken away`,
    'name under `proxies` which may go: firebreak chooses among its own only',
  )
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const inGroup = (target: Target): Result<never> =>
  fail(
    'plan.impossible',
    `${target.id} belongs to the Auto Scaling group ${groupOf(target)}: the group counts it as its own, and would replace or end it behind your back`,
    "change the group's desired capacity, or detach it first",
  )
