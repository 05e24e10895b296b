import { hex } from '../../random.js'
import { addressOf, type InstanceState, stateAt } from '../../world/instances.js'
import type { World, WorldInstance } from '../../world/world.js'
import type { Xml } from './xml.js'

const STATE_CODES = {
  pending: 0,
  running: 16,
  'shutting-down': 32,
  terminated: 48,
} as const satisfies Record<InstanceState, number>

export const stateXml = (state: InstanceState): Xml => ({ code: STATE_CODES[state], name: state })

/** Reservations, each with its instances, as DescribeInstances lists and RunInstances returns them. */
export const reservationsXml = (world: World, instances: readonly WorldInstance[], now: number): Xml[] =>
  [...new Set(instances.map(instance => instance.reservation))].map(reservation => ({
    reservationId: reservation,
    ownerId: world.account,
    groupSet: [],
    instancesSet: instances
      .filter(instance => instance.reservation === reservation)
      .map((instance, index) => instanceXml(world, instance, index, now)),
  }))

const instanceXml = (world: World, instance: WorldInstance, index: number, now: number): Xml => {
  const state = stateAt(instance, now)
  const ended = state === 'terminated' || state === 'shutting-down'
  const name = `ip-${instance.privateIp.replaceAll('.', '-')}.ec2.internal`
  return {
    instanceId: instance.id,
    imageId: `ami-${hex(17, world.seed, 'image')}`,
    instanceState: stateXml(state),
    privateDnsName: ended ? '' : name,
    dnsName: '',
    reason: ended ? endOf(instance).reason : '',
    amiLaunchIndex: index,
    productCodes: [],
    instanceType: instance.type,
    launchTime: new Date(instance.launchedAt).toISOString(),
    placement: { availabilityZone: instance.zone, groupName: '', tenancy: 'default' },
    monitoring: { state: 'disabled' },
    ...(ended ? {} : placeXml(world, instance, now)),
    stateReason: ended ? endOf(instance).stateReason : undefined,
    architecture: 'x86_64',
    rootDeviceType: 'ebs',
    clientToken: instance.clientToken ?? '',
    tagSet: tagsXml(instance.tags),
    hypervisor: 'xen',
  }
}

/** Why it is no more: somebody ended it, or it never came to run. */
const endOf = ({ terminatedAt }: WorldInstance) =>
  terminatedAt === undefined
    ? { reason: '', stateReason: stateReason('Client.InternalError', 'Client error on launch') }
    : {
        reason: `User initiated (${new Date(terminatedAt).toISOString()})`,
        stateReason: stateReason('Client.UserInitiatedShutdown', 'User initiated shutdown'),
      }

const stateReason = (code: string, message: string) => ({ code, message: `${code}: ${message}` })

const placeXml = (world: World, instance: WorldInstance, now: number): { readonly [name: string]: Xml } => ({
  subnetId: instance.subnet,
  vpcId: vpcOf(world),
  privateIpAddress: instance.privateIp,
  ipAddress: addressOf(world, instance.id, now)?.publicIp,
})

/** All of the fleet is in one. */
export const vpcOf = (world: World): string => `vpc-${hex(17, world.seed, 'vpc')}`

export const tagsXml = (tags: Readonly<Record<string, string>>): Xml[] =>
  Object.entries(tags).map(([key, value]) => ({ key, value }))
