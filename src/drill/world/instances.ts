import type { Holder, World, WorldAddress, WorldInstance } from './world.js'

export type InstanceState = 'pending' | 'running' | 'shutting-down' | 'terminated'

/** EC2 shows a terminated instance for about an hour. */
const VISIBLE_AFTER_END_MS = 3_600_000

export const stateAt = (instance: WorldInstance, t: number): InstanceState => {
  if (instance.goneAt !== undefined && t >= instance.goneAt) return 'terminated'
  if (instance.terminatedAt !== undefined && t >= instance.terminatedAt) return 'shutting-down'
  if (instance.diesAt !== undefined && t >= instance.diesAt) return 'terminated'
  return t >= instance.runningAt ? 'running' : 'pending'
}

/** Its HAProxy or memcached answers. */
export const servesAt = (instance: WorldInstance, t: number): boolean =>
  t >= instance.servingAt && stateAt(instance, t) === 'running'

export const isListed = (instance: WorldInstance, t: number): boolean => {
  const end = instance.goneAt ?? instance.diesAt
  return end === undefined || t < end + VISIBLE_AFTER_END_MS
}

export const findInstance = (world: World, id: string): WorldInstance | undefined =>
  Object.hasOwn(world.instances, id) ? world.instances[id] : undefined

export const findAddress = (world: World, allocationId: string): WorldAddress | undefined =>
  Object.hasOwn(world.addresses, allocationId) ? world.addresses[allocationId] : undefined

/** Who holds the address at that moment. Changes are logged in order, so the last one at or before it. */
export const holderAt = (address: WorldAddress, t: number): Holder | undefined =>
  address.holders.findLast(holder => holder.at <= t)

export const addressOf = (world: World, instanceId: string, t: number): WorldAddress | undefined =>
  Object.values(world.addresses).find(address => holderAt(address, t)?.instance === instanceId)

/** The hosts of a role in one cluster, in the order in which they came. */
export const instancesOf = (
  world: World,
  cluster: string,
  role: WorldInstance['role'],
): readonly WorldInstance[] =>
  Object.values(world.instances).filter(instance => instance.cluster === cluster && instance.role === role)

export const frontendEnabled = (instance: WorldInstance, frontend: string, t: number): boolean =>
  instance.switches.findLast(
    change => change.at <= t && change.frontend === frontend && change.to !== 'sessions-shut',
  )?.to !== 'disabled'
