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
    reason: ended ? `User initiated (${new Date(instance.terminatedAt ?? now).toISOString()})` : '',
    amiLaunchIndex: index,
    productCodes: [],
    instanceType: instance.type,
    launchTime: new Date(instance.launchedAt).toISOString(),
    placement: { availabilityZone: instance.zone, groupName: '', tenancy: 'default' },
    monitoring: { state: 'disabled' },
    ...(ended ? {} : placeXml(world, instance, now)),
    stateReason: ended
      ? {
          code: 'Client.UserInitiatedShutdown',
          message: 'Client.UserInitiatedShutdown: User initiated shutdown',
        }
      : undefined,
    architecture: 'x86_64',
    rootDeviceType: 'ebs',
    clientToken: instance.clientToken ?? '',
    tagSet: tagsXml(instance.tags),
    hypervisor: 'xen',
  }
}

const placeXml = (world: World, instance: WorldInstance, now: number): { readonly [name: string]: Xml } => ({
  subnetId: instance.subnet,
  vpcId: `vpc-${hex(17, world.seed, 'vpc')}`,
  privateIpAddress: instance.privateIp,
  ipAddress: addressOf(world, instance.id, now)?.publicIp,
})

export const tagsXml = (tags: Readonly<Record<string, string>>): Xml[] =>
  Object.entries(tags).map(([key, value]) => ({ key, value }))
