import { hex } from '../../random.js'
import { findInstance, holderAt, stateAt } from '../../world/instances.js'
import type { World, WorldAddress } from '../../world/world.js'
import { DONE, type Ec2Action, missing, refuse } from './action.js'
import { type FilterFields, filtersOf } from './filters.js'
import { listOf } from './form.js'
import { tagsXml } from './instance-xml.js'
import { knownInstances, unknownAllocation } from './known.js'
import type { Xml } from './xml.js'

export const describeAddresses: Ec2Action = {
  mutating: false,
  answer: ({ world, now, form }) => {
    const ids = listOf(form, 'AllocationId')
    const problem = ids.map(id => unknownAllocation(world, id)).find(found => found !== undefined)
    if (problem !== undefined) return problem
    const publicIps = listOf(form, 'PublicIp')
    const all = Object.values(world.addresses)
    const lost = publicIps.find(ip => !all.some(address => address.publicIp === ip))
    if (lost !== undefined) return refuse('InvalidAddress.NotFound', `Address '${lost}' not found.`)
    const filters = filtersOf(form, fieldsAt(now))
    if (!filters.ok) return filters
    const found = all.filter(
      address =>
        (ids.length === 0 || ids.includes(address.allocationId)) &&
        (publicIps.length === 0 || publicIps.includes(address.publicIp)) &&
        filters.matches(address),
    )
    return {
      ok: true,
      body: after => ({ addressesSet: found.map(address => addressXml(after, address, now)) }),
    }
  },
}

const fieldsAt = (now: number): FilterFields<WorldAddress> => ({
  'allocation-id': address => [address.allocationId],
  'public-ip': address => [address.publicIp],
  'instance-id': address => [holderAt(address, now)?.instance],
  'association-id': address => [holderAt(address, now)?.associationId],
  domain: () => ['vpc'],
})

const addressXml = (world: World, address: WorldAddress, now: number): Xml => {
  const holder = holderAt(address, now)
  const instance = findInstance(world, holder?.instance ?? '')
  return {
    publicIp: address.publicIp,
    allocationId: address.allocationId,
    domain: 'vpc',
    instanceId: holder?.instance,
    associationId: holder?.associationId,
    privateIpAddress: instance?.privateIp,
    networkInterfaceOwnerId: instance === undefined ? undefined : world.account,
    tagSet: tagsXml(address.tags),
  }
}

export const associateAddress: Ec2Action = {
  mutating: true,
  answer: ({ world, now, form }) => {
    const allocationId = form.get('AllocationId')
    const instanceId = form.get('InstanceId')
    if (allocationId === undefined) return missing('AllocationId')
    if (instanceId === undefined) return missing('InstanceId')
    const known = knownInstances(world, now, [instanceId])
    const problem = unknownAllocation(world, allocationId) ?? (known.ok ? undefined : known)
    if (problem !== undefined) return problem
    const instance = findInstance(world, instanceId)
    const state = instance === undefined ? 'terminated' : stateAt(instance, now)
    if (state !== 'running') {
      return refuse(
        'InvalidInstanceID',
        `The ${state} instance '${instanceId}' is not in a valid state for this operation.`,
      )
    }
    const address = world.addresses[allocationId]
    const holder = address === undefined ? undefined : holderAt(address, now)
    if (holder?.associationId !== undefined) {
      const kept = holder.associationId
      // EC2 documents the request as idempotent: asking again for what is so already is no error.
      if (holder.instance === instanceId) return { ok: true, body: () => associated(kept) }
      if (form.get('AllowReassociation') === 'false') {
        return refuse(
          'Resource.AlreadyAssociated',
          `resource ${allocationId} is already associated with associate-id ${kept}`,
        )
      }
    }
    const associationId = `eipassoc-${hex(17, world.seed, 'association', world.changes)}`
    return {
      ok: true,
      change: {
        at: now,
        endpoint: 'ec2',
        operation: 'AssociateAddress',
        args: { allocationId, instance: instanceId },
        result: { associationId },
      },
      body: () => associated(associationId),
    }
  },
}

const associated = (associationId: string): Xml => ({ return: true, associationId })

export const disassociateAddress: Ec2Action = {
  mutating: true,
  answer: ({ world, now, form }) => {
    const associationId = form.get('AssociationId')
    if (associationId === undefined) return missing('AssociationId')
    const address = Object.values(world.addresses).find(
      one => holderAt(one, now)?.associationId === associationId,
    )
    if (address === undefined) {
      return refuse('InvalidAssociationID.NotFound', `The association ID '${associationId}' does not exist`)
    }
    return {
      ok: true,
      change: {
        at: now,
        endpoint: 'ec2',
        operation: 'DisassociateAddress',
        args: { allocationId: address.allocationId },
        result: null,
      },
      body: () => DONE,
    }
  },
}
