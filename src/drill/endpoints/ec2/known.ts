import { isHidden } from '../../world/disturbances.js'
import { findAddress, findInstance, isListed } from '../../world/instances.js'
import type { World, WorldInstance } from '../../world/world.js'
import { type Ec2Reply, refuse } from './action.js'

type Refusal = Extract<Ec2Reply, { ok: false }>

/** All of those instances, or the error for those that are none: one bad id fails the whole request. */
export const knownInstances = (
  world: World,
  now: number,
  ids: readonly string[],
): { readonly ok: true; readonly instances: readonly WorldInstance[] } | Refusal => {
  const malformed = ids.find(id => !/^i-[0-9a-f]{8,17}$/.test(id))
  if (malformed !== undefined) {
    return refuse('InvalidInstanceID.Malformed', `Invalid id: "${malformed}"`)
  }
  const found = ids.map(id => findInstance(world, id))
  const instances = found.filter(instance => instance !== undefined && isVisible(world, instance, now))
  const lost = ids.filter(id => !instances.some(instance => instance?.id === id))
  if (lost.length === 1) {
    return refuse('InvalidInstanceID.NotFound', `The instance ID '${lost[0]}' does not exist`)
  }
  if (lost.length > 1) {
    return refuse('InvalidInstanceID.NotFound', `The instance IDs '${lost.join(', ')}' do not exist`)
  }
  return { ok: true, instances: instances.filter(instance => instance !== undefined) }
}

/** EC2 shows it: it is not over for long, and a launch has come to be known everywhere. */
export const isVisible = (world: World, instance: WorldInstance, now: number): boolean =>
  isListed(instance, now) && !isHidden(world, instance, now)

export const unknownAllocation = (world: World, id: string): Refusal | undefined => {
  if (!/^eipalloc-[0-9a-f]{8,17}$/.test(id)) {
    return refuse('InvalidAllocationID.Malformed', `Invalid id: "${id}"`)
  }
  return findAddress(world, id) === undefined
    ? refuse('InvalidAllocationID.NotFound', `The allocation ID '${id}' does not exist`)
    : undefined
}

/** Whatever it looks like: EC2's ids have 8 or 17 digits, those of a fleet file that is only simulated may not. */
export const noNetworkAcl = (id: string): Refusal =>
  refuse('InvalidNetworkAclID.NotFound', `The networkAcl ID '${id}' does not exist`)
