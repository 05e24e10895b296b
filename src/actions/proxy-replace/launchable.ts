import { fail, ok, type Result } from '../../domain/result.js'
import type { Cluster } from '../../fleet/fleet.js'
import type { Subnet } from '../../providers/contract.js'
import type { Look } from '../../providers/look.js'
import type { Launch } from './changes.js'

/** What a new proxy of the cluster is launched from and in which places, and what there is to say about these. */
export type Launchable = { readonly launch: Launch; readonly warnings: readonly string[] }

export const launchableIn = async (
  cluster: Cluster,
  avoid: readonly string[],
  look: Look,
): Promise<Result<Launchable>> => {
  const ready = launchFrom(cluster)
  if (!ready.ok || avoid.length === 0) return ready.ok ? ok({ launch: ready.value, warnings: [] }) : ready
  const ec2 = await look.providers.ec2()
  const zones = ec2.ok ? await ec2.value.describeSubnets(ready.value.subnets) : ec2
  return zones.ok ? outside(avoid, ready.value, zones.value) : zones
}

const launchFrom = (cluster: Cluster): Result<Launch> => {
  const { address, launchTemplate, subnets, instanceTypes, discover } = cluster.proxies
  if (address === 'target-group')
    return fail(
      'plan.impossible',
      `clients reach the proxies of ${cluster.name} by \`address: target-group\`; this version knows elastic IPs, and clusters without an address`,
      'do it by hand, and skip the step',
    )
  if (launchTemplate === undefined || subnets.length === 0 || instanceTypes.length === 0)
    return fail(
      'plan.impossible',
      `the fleet file does not say how to launch a proxy of ${cluster.name}`,
      'add `launch_template`, `subnets` and `instance_types` to its proxies',
    )
  const tags = discover.kind === 'ec2' ? { ...discover.tags } : {}
  const launch = {
    cluster: cluster.name,
    launch_template: launchTemplate,
    subnets: [...subnets],
    instance_types: [...instanceTypes],
    tags,
  }
  return findable(launch)
}

/** What is launched is tagged as the fleet is found. A filter takes patterns and tags of AWS; a launch can set neither. */
const findable = (launch: Launch): Result<Launch> => {
  const unfit = Object.entries(launch.tags).find(
    ([key, value]) => /^aws:/i.test(key) || /[*?]/.test(key + value),
  )
  if (!unfit) return ok(launch)
  return fail(
    'plan.impossible',
    `a new proxy of ${launch.cluster} cannot be tagged ${unfit.join('=')}, so the fleet would never find it`,
    'under `discover` of its proxies name tags without `*`, `?` and `aws:`, or do it by hand and skip the step',
  )
}

/** The fleet file's order stays. A zone that no subnet lies in is said: it may be misspelt. */
const outside = (avoid: readonly string[], launch: Launch, zones: readonly Subnet[]): Result<Launchable> => {
  const isAvoided = ({ zone, zoneId }: Subnet) => avoid.includes(zone) || avoid.includes(zoneId ?? zone)
  // A subnet whose zone EC2 did not tell may lie in an avoided one.
  const subnets = launch.subnets.filter(id => zones.some(subnet => subnet.id === id && !isAvoided(subnet)))
  if (subnets.length === 0)
    return fail(
      'plan.impossible',
      `every subnet of ${launch.cluster} lies in ${avoid.join(' or ')}: ${zones.map(placeWords).join(', ')}`,
      'avoid fewer zones, or add a subnet in another one to the fleet file',
    )
  const idle = avoid.filter(zone => !zones.some(one => one.zone === zone || one.zoneId === zone))
  return ok({
    launch: { ...launch, subnets },
    warnings: idle.map(
      zone =>
        `no subnet of ${launch.cluster} lies in ${zone}, so avoiding it changes nothing: ${zones.map(placeWords).join(', ')}`,
    ),
  })
}

const placeWords = ({ id, zone, zoneId }: Subnet): string =>
  `${id} lies in ${zone}${zoneId === undefined ? '' : ` (${zoneId})`}`
