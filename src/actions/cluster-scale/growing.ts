import type { PlanDraft } from '../../domain/plan.js'
import { ok, type Result } from '../../domain/result.js'
import { STATE_TAG } from '../../fleet/discovery.js'
import { whoServes } from '../../providers/serving.js'
import { groupOf } from '../auto-scaling.js'
import { launchByHand, tagByHand } from '../proxy-life/by-hand.js'
import { type Inheritance, inheritanceOf } from '../proxy-life/inheritance.js'
import { launchableIn } from '../proxy-replace/launchable.js'
import { type Growth, launchChanges, newProxy } from './changes.js'
import { blastOf, proxyCount, type Scene } from './scene.js'
import { spread } from './spread.js'

/** What launching so many more would do now: each with its places, of which the first is where the fewest are. */
export const growing = async (scene: Scene, more: number): Promise<Result<PlanDraft>> => {
  const { input, look, cluster, inventory } = scene
  const launchable = await launchableIn(cluster, input.avoid_zones ?? [], look)
  if (!launchable.ok) return launchable
  const { launch } = launchable.value
  const ec2 = await look.providers.ec2()
  const zones = ec2.ok ? await ec2.value.describeSubnets(launch.subnets) : ec2
  if (!zones.ok) return zones
  // EC2 lists them in no order; that of the fleet file counts.
  const subnets = launch.subnets.flatMap(id => zones.value.find(subnet => subnet.id === id) ?? [])
  const places = spread(
    more,
    subnets,
    inventory.targets.map(({ zone }) => zone),
  )
  const inheritance = await inheritanceOf(cluster, { inventory, subnets: launch.subnets }, look)
  const growth = places.map((order, index) => ({
    name: newProxy(index + 1),
    launch: { ...launch, subnets: [...order] },
    filters: inheritance.filters,
  }))
  const first = growth.map(({ launch: { subnets: order } }) => subnets.find(({ id }) => id === order[0])?.zone)
  const serving = await whoServes(look, inventory.targets)
  const { warnings } = launchable.value
  return ok(draft(scene, { growth, zones: first, serving, warnings, inheritance }))
}

type Grown = {
  readonly growth: readonly Growth[]
  /** In which each is tried first. */
  readonly zones: readonly (string | undefined)[]
  readonly serving: ReadonlySet<string>
  readonly warnings: readonly string[]
  readonly inheritance: Inheritance
}

const draft = (scene: Scene, { growth, zones, serving, warnings, inheritance }: Grown): PlanDraft => {
  const { name } = scene.cluster
  const { allowlist } = inheritance
  const [now, more] = [scene.inventory.targets.length, growth.length]
  return {
    summary: `Launch ${proxyCount(more)} for ${name}, from ${now} to ${now + more}: ${inZones(zones)}`,
    changes: launchChanges(growth),
    blast: blastOf(scene, serving, { takes: 0, adds: more }),
    facts: [],
    warnings: [
      ...reachWarnings(scene),
      ...deadWarnings(scene, serving),
      ...groupWarnings(scene),
      ...warnings,
      ...inheritance.warnings,
    ],
    undo: [
      `${more === 1 ? 'the new proxy leaves' : 'the new proxies leave'} the fleet again, the last one first, and ${more === 1 ? 'is' : 'are'} parked: kept running until reaped; clients that came meanwhile stay there until they leave`,
      ...inheritance.undo,
    ],
    confirm: `${name} ${more}`,
    predicted: { launched: growth.map(one => one.name), parked: [] },
    commands: growth.flatMap(one => commandsFor(one, inheritance.commands)),
    locks: [`cluster:${name}`],
    ...(allowlist === undefined ? {} : { allowlist }),
  }
}

const inZones = (zones: readonly (string | undefined)[]): string =>
  [...new Set(zones)]
    .map(zone => `${zones.filter(other => other === zone).length} in ${zone ?? 'a zone that EC2 did not tell'}`)
    .join(', ')

const reachWarnings = ({ cluster: { proxies } }: Scene): readonly string[] =>
  proxies.address === 'elastic-ip'
    ? ['the new proxies have no elastic IP: clients reach them only once somebody gives each of them one']
    : ['clients reach the new proxies only once whatever they connect by (a list, a name) leads there too']

const deadWarnings = ({ inventory: { targets } }: Scene, serving: ReadonlySet<string>): readonly string[] => {
  const dead = targets.filter(({ id }) => !serving.has(id)).map(({ id }) => id)
  return dead.length === 0 ? [] : [`counted though they do not serve now: ${dead.join(', ')}`]
}

const groupWarnings = ({ inventory: { targets } }: Scene): readonly string[] => {
  const groups = [...new Set(targets.flatMap(target => groupOf(target) ?? []))]
  return groups.map(
    group => `the Auto Scaling group ${group} has proxies of this cluster, and knows nothing of the new ones`,
  )
}

/** In the first of its places. */
const commandsFor = (
  { launch: { launch_template, subnets, instance_types, tags } }: Growth,
  denying: readonly string[],
): readonly string[] => [
  launchByHand({ launch_template, subnet: subnets[0], instance_type: instance_types[0], tags }),
  ...denying,
  tagByHand('<new>', STATE_TAG.inService),
]
