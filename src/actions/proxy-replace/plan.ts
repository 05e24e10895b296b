import type { PlanDraft } from '../../domain/plan.js'
import { fail, ok, type Result } from '../../domain/result.js'
import type { Cluster } from '../../fleet/fleet.js'
import type { Target } from '../../fleet/inventory.js'
import type { Address, Ec2 } from '../../providers/contract.js'
import type { Look } from '../../providers/look.js'
import { whoServes } from '../../providers/serving.js'
import { type Found, findProxies, inventoryWarnings, openConnections } from '../find-proxies.js'
import { changesFor, THE_NEW_ONE } from './changes.js'
import { commandsFor } from './commands.js'
import type { Input } from './schema.js'

/** What replacing would do now. Launch first, move then: the number of serving proxies never sinks. */
export const plan = async ({ proxies }: Input, look: Look): Promise<Result<PlanDraft>> => {
  const [id, ...more] = proxies
  if (id === undefined) return fail('plan.nothing-to-do', 'there is no proxy to replace', 'go on')
  if (more.length > 0)
    return fail(
      'input.invalid',
      `${proxies.length} proxies at once`,
      'replace one proxy at a time in this version',
    )
  const found = await findProxies([id], look)
  if (!found.ok) return found
  const { cluster, inventory, targets } = found.value
  const [target] = targets
  const ready = replaceable(cluster)
  if (!ready.ok) return ready
  const ec2 = await look.providers.ec2()
  if (!ec2.ok) return ec2
  const address = await addressOf(ec2.value, id)
  if (!address.ok) return address
  return ok(await draft({ look, cluster, inventory, target, address: address.value, launch: ready.value }))
}

type Launchable = {
  readonly launchTemplate: string
  readonly subnets: readonly string[]
  readonly instanceTypes: readonly string[]
}

const replaceable = (cluster: Cluster): Result<Launchable> => {
  const { address, launchTemplate, subnets, instanceTypes } = cluster.proxies
  if (address !== 'elastic-ip')
    return fail(
      'plan.impossible',
      `clients reach the proxies of ${cluster.name} by \`address: ${address}\`; this version moves elastic IPs only`,
      'replace it by hand, and skip the step',
    )
  if (launchTemplate !== undefined && subnets.length > 0 && instanceTypes.length > 0)
    return findable(cluster, { launchTemplate, subnets, instanceTypes })
  return fail(
    'plan.impossible',
    `the fleet file does not say how to launch a proxy of ${cluster.name}`,
    'add `launch_template`, `subnets` and `instance_types` to its proxies',
  )
}

/** What is launched is tagged as the fleet is found. A filter takes patterns and tags of AWS; a launch can set neither. */
const findable = ({ name, proxies }: Cluster, launchable: Launchable): Result<Launchable> => {
  const tags = proxies.discover.kind === 'ec2' ? Object.entries(proxies.discover.tags) : []
  const unfit = tags.find(([key, value]) => /^aws:/i.test(key) || /[*?]/.test(key + value))
  if (!unfit) return ok(launchable)
  return fail(
    'plan.impossible',
    `a new proxy of ${name} cannot be tagged ${unfit.join('=')}, so the fleet would never find it`,
    'under `discover` of its proxies name tags without `*`, `?` and `aws:`, or replace it by hand and skip the step',
  )
}

const addressOf = async (ec2: Ec2, id: string): Promise<Result<Address & { associationId: string }>> => {
  const addresses = await ec2.describeAddresses([{ name: 'instance-id', values: [id] }])
  if (!addresses.ok) return addresses
  const [address, ...others] = addresses.value
  if (address?.associationId !== undefined && others.length === 0)
    return ok({ ...address, associationId: address.associationId })
  return fail(
    'plan.impossible',
    `${id} has ${addresses.value.length} elastic IPs attached; exactly one can be moved`,
    'look at its addresses in EC2; clients may already be elsewhere',
  )
}

type Draft = Pick<Found, 'cluster' | 'inventory'> & {
  readonly look: Look
  readonly target: Target
  readonly address: Address & { readonly associationId: string }
  readonly launch: Launchable
}

const draft = async ({ look, cluster, inventory, target, address, launch }: Draft): Promise<PlanDraft> => {
  const [serving, cut] = await Promise.all([whoServes(look, inventory.targets), openConnections(look, target)])
  const { name, proxies } = cluster
  const tags = proxies.discover.kind === 'ec2' ? { ...proxies.discover.tags } : {}
  const replacement = {
    old: target.id,
    allocation: address.allocationId,
    launch: {
      cluster: name,
      launch_template: launch.launchTemplate,
      subnets: [...launch.subnets],
      instance_types: [...launch.instanceTypes],
      tags,
    },
  }
  return {
    summary: `Replace ${target.id} of ${name} by a new proxy, move ${address.publicIp} to it, park ${target.id}`,
    changes: changesFor(replacement, address.associationId),
    blast: {
      cluster: name,
      serving: serving.size,
      floor: proxies.minHealthy,
      takes: 0,
      unavailable: inventory.targets.length - serving.size,
      adds: 1,
      irreversible: false,
    },
    facts:
      cut === undefined
        ? []
        : [{ label: 'connections cut by the move', value: cut, unit: 'connections', worse: 'higher' }],
    warnings: warnings(target, address, cut, inventory),
    undo: [
      `${address.publicIp} goes back to ${target.id}, which is in service again (that cuts connections once more)`,
      'the new proxy is parked, and runs until it is reaped',
    ],
    confirm: target.id,
    predicted: { replaced: [{ old: target.id, new: THE_NEW_ONE }] },
    commands: commandsFor(replacement),
    locks: [`cluster:${name}`],
  }
}

const warnings = (
  target: Target,
  address: Address,
  cut: number | undefined,
  inventory: Found['inventory'],
): string[] => [
  cut === undefined
    ? `moving ${address.publicIp} breaks every open connection of ${target.id} at once; how many is not known, it does not answer`
    : `moving ${address.publicIp} breaks every open connection of ${target.id} at once`,
  ...inventoryWarnings(inventory),
  ...(target.tags['aws:autoscaling:groupName'] === undefined
    ? []
    : [
        `${target.id} belongs to Auto Scaling group ${target.tags['aws:autoscaling:groupName']}, which may act on its own`,
      ]),
]
