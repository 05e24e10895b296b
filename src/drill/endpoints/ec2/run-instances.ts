import { canonicalJson } from '../../../domain/json.js'
import { hex } from '../../random.js'
import { launchKey } from '../../world/apply.js'
import { disturbances } from '../../world/disturbances.js'
import { findInstance, stateAt } from '../../world/instances.js'
import { addressFor, hostsIn } from '../../world/network.js'
import type { World, WorldCluster, WorldInstance, WorldSubnet } from '../../world/world.js'
import { type Ec2Action, type Ec2Reply, missing, refuse } from './action.js'
import { type Form, structsOf } from './form.js'
import { reservationsXml } from './instance-xml.js'
import { tagProblem, tagsOf } from './tags.js'

export const runInstances: Ec2Action = {
  mutating: true,
  answer: ({ world, now, form }) => {
    const order = readOrder(world, form)
    if (!order.ok) return order
    const { subnet, clientToken, parameters } = order
    const key = clientToken === undefined ? undefined : launchKey(subnet.zone, clientToken)
    const before = key !== undefined && Object.hasOwn(world.launches, key) ? world.launches[key] : undefined
    if (before === undefined) return shortage(world, now, order, form) ?? launchNew(world, now, order)
    if (before.parameters !== parameters) {
      return refuse(
        'IdempotentParameterMismatch',
        'Arguments on this idempotent request are inconsistent with arguments used in previous request(s).',
      )
    }
    const launched = before.instances.flatMap(id => findInstance(world, id) ?? [])
    if (launched.every(instance => ['terminated', 'shutting-down'].includes(stateAt(instance, now)))) {
      return refuse(
        'IdempotentInstanceTerminated',
        'The client token belongs to an instance that was terminated.',
      )
    }
    return { ok: true, body: after => replyXml(after, launched, now) }
  },
}

type Order = {
  readonly ok: true
  readonly cluster: WorldCluster
  readonly subnet: WorldSubnet
  readonly type: string
  readonly count: number
  readonly clientToken: string | undefined
  readonly tags: Readonly<Record<string, string>>
  readonly parameters: string
}
type Refusal = Extract<Ec2Reply, { readonly ok: false }>

const readOrder = (world: World, form: Form): Order | Refusal => {
  const cluster = templateOf(world, form)
  if ('ok' in cluster) return cluster
  const subnetId = form.get('SubnetId') ?? ''
  const subnet = Object.hasOwn(world.subnets, subnetId) ? world.subnets[subnetId] : undefined
  if (subnetId === '') return missing('SubnetId')
  if (subnet === undefined) {
    return refuse('InvalidSubnetID.NotFound', `The subnet ID '${subnetId}' does not exist`)
  }
  const type = form.get('InstanceType') ?? cluster.instanceTypes[0] ?? ''
  const count = Number(form.get('MaxCount'))
  const clientToken = form.get('ClientToken')
  const tags = tagsOf(launchTags(form))
  const problem =
    typeProblem(cluster, subnet, type) ??
    countProblem(form) ??
    untaggedProblem(form) ??
    tagProblem(launchTags(form))
  if (problem !== undefined) return problem
  if (clientToken !== undefined && !/^[\x21-\x7e]{1,64}$/.test(clientToken)) {
    return refuse('InvalidParameterValue', 'Client token must be at most 64 ASCII characters.')
  }
  const parameters = canonicalJson(
    Object.fromEntries([...form].filter(([name]) => name !== 'ClientToken' && name !== 'DryRun')),
  )
  return { ok: true, cluster, subnet, type, count, clientToken, tags, parameters }
}

const templateOf = (world: World, form: Form): WorldCluster | Refusal => {
  const id = form.get('LaunchTemplate.LaunchTemplateId')
  const name = form.get('LaunchTemplate.LaunchTemplateName')
  if (id !== undefined && name !== undefined) {
    return refuse('InvalidParameterCombination', 'Specify either a launch template id or a name, not both.')
  }
  if (id === undefined && name === undefined) return missing('LaunchTemplate')
  if (id !== undefined && !/^lt-[0-9a-f]{8,17}$/.test(id)) {
    return refuse('InvalidLaunchTemplateId.Malformed', `Invalid id: "${id}"`)
  }
  const tags = tagsOf(launchTags(form))
  const clusters = Object.values(world.clusters).filter(
    ({ template }) => template.id === id || template.name === name,
  )
  const cluster =
    clusters.find(({ proxyTags }) =>
      Object.entries(proxyTags).every(([key, value]) => Object.hasOwn(tags, key) && tags[key] === value),
    ) ?? clusters[0]
  if (cluster !== undefined) return cluster
  return id === undefined
    ? refuse(
        'InvalidLaunchTemplateName.NotFoundException',
        `The specified launch template, with template name ${name}, does not exist.`,
      )
    : refuse(
        'InvalidLaunchTemplateId.NotFound',
        `The specified launch template, with template ID ${id}, does not exist.`,
      )
}

const typeProblem = (cluster: WorldCluster, subnet: WorldSubnet, type: string): Refusal | undefined => {
  if (!/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/.test(type)) {
    return refuse('InvalidParameterValue', `Invalid value '${type}' for InstanceType.`)
  }
  return cluster.instanceTypes.includes(type)
    ? undefined
    : refuse(
        'Unsupported',
        `Your requested instance type (${type}) is not supported in your requested Availability Zone (${subnet.zone}).`,
      )
}

const countProblem = (form: Form): Refusal | undefined => {
  if (!form.has('MinCount')) return missing('MinCount')
  if (!form.has('MaxCount')) return missing('MaxCount')
  const [min, max] = [Number(form.get('MinCount')), Number(form.get('MaxCount'))]
  const fits = Number.isInteger(min) && Number.isInteger(max) && min >= 1 && max >= min && max <= 20
  return fits
    ? undefined
    : refuse(
        'InvalidParameterValue',
        `Invalid value '${form.get('MaxCount')}' for the number of instances to launch.`,
      )
}

const untaggedProblem = (form: Form): Refusal | undefined =>
  structsOf(form, 'TagSpecification').every(specification => structsOf(specification, 'Tag').length > 0)
    ? undefined
    : refuse('InvalidParameterValue', 'Tag specification must have at least one tag.')

const launchTags = (form: Form): Form[] =>
  structsOf(form, 'TagSpecification')
    .filter(specification => specification.get('ResourceType') === 'instance')
    .flatMap(specification => structsOf(specification, 'Tag'))

/** What a request for permission is never told of. */
const shortage = (world: World, now: number, { subnet, type }: Order, form: Form): Refusal | undefined => {
  if (form.get('DryRun') === 'true') return undefined
  if (disturbances(world, 'quota', now).some(({ family }) => type.startsWith(`${family}.`))) {
    return refuse(
      'VcpuLimitExceeded',
      'You have requested more vCPU capacity than your current vCPU limit allows for the instance bucket that the specified instance type belongs to.',
    )
  }
  const isShort = disturbances(world, 'no-capacity', now).some(
    ({ subnets, types }) => (subnets?.includes(subnet.id) ?? true) && (types?.includes(type) ?? true),
  )
  return isShort
    ? refuse(
        'InsufficientInstanceCapacity',
        `We currently do not have sufficient ${type} capacity in the Availability Zone you requested (${subnet.zone}).`,
        500,
      )
    : undefined
}

const launchNew = (world: World, now: number, order: Order): Ec2Reply => {
  const { cluster, subnet, type, clientToken, parameters } = order
  const first = hostsIn(world, subnet.id)
  const numbers = Array.from({ length: order.count }, (_, n) => n)
  const addresses = numbers.flatMap(n => addressFor(subnet, first + n) ?? [])
  if (addresses.length < order.count) {
    return refuse(
      'InsufficientFreeAddressesInSubnet',
      `There are not enough free addresses in subnet '${subnet.id}' to satisfy the requested number of instances.`,
    )
  }
  const instances = addresses.map((privateIp, n) => ({
    id: `i-${hex(17, world.seed, 'launch', world.changes, n)}`,
    privateIp,
  }))
  const tags = {
    ...order.tags,
    'aws:ec2launchtemplate:id': cluster.template.id,
    'aws:ec2launchtemplate:version': '1',
  }
  return {
    ok: true,
    change: {
      at: now,
      endpoint: 'ec2',
      operation: 'RunInstances',
      args: {
        cluster: cluster.name,
        subnet: subnet.id,
        instanceType: type,
        ...(clientToken === undefined ? {} : { clientToken }),
        parameters,
        tags,
      },
      result: { reservation: `r-${hex(17, world.seed, 'launch', world.changes)}`, instances },
    },
    body: after =>
      replyXml(
        after,
        instances.flatMap(({ id }) => findInstance(after, id) ?? []),
        now,
      ),
  }
}

/** RunInstances answers with one reservation, not with a set of them. */
const replyXml = (world: World, instances: readonly WorldInstance[], now: number) =>
  reservationsXml(world, instances, now)[0] ?? {}
