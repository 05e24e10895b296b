import { between } from '../random.js'
import type { Change, ChangeOf } from './change.js'
import { isInService, serviceBy } from './crowd.js'
import { isFated } from './disturbances.js'
import { addressOf, findInstance, holderAt } from './instances.js'
import { addEntry, endEntry } from './network-acls.js'
import { frontendSessions, proxySessions } from './sessions.js'
import type { Cut, Holder, Switch, World, WorldInstance } from './world.js'

const BOOT = { from: 20_000, to: 40_000 }
const START = { from: 5_000, to: 15_000 }
const SHUT_DOWN = { from: 15_000, to: 30_000 }
const GIVEN_UP = { from: 5_000, to: 15_000 }

/** The world after one line of its log. Changes come in the order of their times. */
export const applyChange = (world: World, change: Change): World => ({
  ...applied(world, change),
  made: [...world.made, { at: change.at, operation: change.operation }],
  changes: world.changes + 1,
})

const applied = (world: World, change: Change): World => {
  switch (change.operation) {
    case 'RunInstances':
      return launch(world, change)
    case 'CreateTags':
      return retag(world, change, tags => ({ ...tags, ...change.args.tags }))
    case 'DeleteTags':
      return retag(world, change, tags => without(tags, change.args.keys))
    case 'AssociateAddress':
      return associate(world, change)
    case 'DisassociateAddress':
      return hold(world, change.args.allocationId, { at: change.at })
    case 'ModifyInstanceAttribute':
      return update(world, change.args.instance, instance => ({
        ...instance,
        protected: change.args.protected,
      }))
    case 'TerminateInstances':
      return change.args.instances.reduce((before, id) => terminate(before, id, change.at), world)
    case 'CreateNetworkAclEntry':
      return addEntry(world, change)
    case 'DeleteNetworkAclEntry':
      return endEntry(world, change)
    case 'disable frontend':
      return turn(world, change, 'disabled')
    case 'enable frontend':
      return turn(world, change, 'enabled')
    case 'shutdown sessions server':
      return turn(world, change, 'sessions-shut')
    case 'set weight': {
      const { instance: id, ...set } = change.args
      return update(world, id, before => ({
        ...before,
        weights: [...before.weights, { at: change.at, ...set }],
      }))
    }
    case 'set rate-limit connections global': {
      const { instance: id, limit } = change.args
      return update(world, id, before => ({
        ...before,
        rateLimits: [...before.rateLimits, { at: change.at, limit }],
      }))
    }
    case 'add acl':
    case 'del acl': {
      const { at, operation: verb, args } = change
      return update(world, args.instance, before => ({
        ...before,
        listings: [...before.listings, { at, verb, pattern: args.pattern }],
      }))
    }
    case 'shutdown session': {
      const { instance: id, ...ended } = change.args
      return update(world, id, before => ({
        ...before,
        ended: [...before.ended, { at: change.at, ...ended }],
      }))
    }
    case 'flush_all':
      return update(world, change.args.instance, instance => ({
        ...instance,
        flushedAt: [...instance.flushedAt, change.at],
        items: {},
      }))
    case 'verbosity':
      return update(world, change.args.instance, instance => ({ ...instance, verbosity: change.args.level }))
    case 'set':
      return update(world, change.args.instance, instance => ({
        ...instance,
        items: { ...instance.items, [change.args.key]: { flags: change.args.flags, data: change.args.data } },
      }))
  }
}

const launch = (world: World, change: ChangeOf<'RunInstances'>): World => {
  const { args, result } = change
  const cluster = world.clusters[args.cluster]
  const subnet = world.subnets[args.subnet]
  if (cluster === undefined || subnet === undefined) return world
  const launched = result.instances.map(({ id, privateIp }, nth): WorldInstance => {
    return {
      id,
      cluster: cluster.name,
      role: 'proxy',
      subnet: subnet.id,
      zone: subnet.zone,
      privateIp,
      type: args.instanceType,
      reservation: result.reservation,
      ...(args.clientToken === undefined ? {} : { clientToken: args.clientToken }),
      template: cluster.template,
      tags: args.tags,
      launchedAt: change.at,
      service: [{ at: change.at, in: serviceBy(args.tags) }],
      ...fateOf(world, cluster.name, { id, at: change.at, nth }),
      switches: [],
      weights: [],
      rateLimits: [],
      listings: [],
      ended: [],
      flushedAt: [],
      items: {},
    }
  })
  const instances = Object.fromEntries(launched.map(instance => [instance.id, instance]))
  const launches =
    args.clientToken === undefined
      ? world.launches
      : {
          ...world.launches,
          [launchKey(subnet.zone, args.clientToken)]: {
            parameters: args.parameters,
            instances: Object.keys(instances),
          },
        }
  return { ...world, instances: { ...world.instances, ...instances }, launches }
}

type Fate = Pick<WorldInstance, 'runningAt' | 'servingAt' | 'diesAt'>

/** When a launched instance runs and serves, if it ever does. */
const fateOf = (
  world: World,
  cluster: string,
  launch: { readonly id: string; readonly at: number; readonly nth: number },
): Fate => {
  const { id, at } = launch
  const after = (range: { readonly from: number; readonly to: number }, what: string): number =>
    Math.round(between(range, world.seed, what, id))
  const runningAt = at + after(BOOT, 'boot')
  if (isFated(world, 'launch-dies', cluster, launch)) {
    const diesAt = at + after(GIVEN_UP, 'given-up')
    return { runningAt: diesAt, servingAt: Number.POSITIVE_INFINITY, diesAt }
  }
  const isHealthy = !isFated(world, 'never-healthy', cluster, launch)
  return { runningAt, servingAt: isHealthy ? runningAt + after(START, 'start') : Number.POSITIVE_INFINITY }
}

/** A client token counts within the zone of its subnet: the same token in another zone launches again. */
export const launchKey = (zone: string, clientToken: string): string => `${zone} ${clientToken}`

type Tags = Readonly<Record<string, string>>

const retag = (
  world: World,
  change: ChangeOf<'CreateTags' | 'DeleteTags'>,
  to: (tags: Tags) => Tags,
): World => {
  const { resources } = change.args
  const instances = retagged(world.instances, resources, to)
  const noted = Object.entries(instances).map(([id, instance]) => [id, inService(instance, change.at)])
  return {
    ...world,
    instances: Object.fromEntries(noted),
    addresses: retagged(world.addresses, resources, to),
    networkAcls: retagged(world.networkAcls, resources, to),
  }
}

/** A tag may put it in service, or take it out. */
const inService = (instance: WorldInstance, at: number): WorldInstance => {
  const now = serviceBy(instance.tags)
  if (now === isInService(instance, at)) return instance
  return { ...instance, service: [...instance.service, { at, in: now }] }
}

const retagged = <T extends { readonly tags: Tags }>(
  all: Readonly<Record<string, T>>,
  resources: readonly string[],
  to: (tags: Tags) => Tags,
): Record<string, T> =>
  Object.fromEntries(
    Object.entries(all).map(([id, one]) => [id, resources.includes(id) ? { ...one, tags: to(one.tags) } : one]),
  )

const without = (tags: Tags, keys: readonly string[]): Tags =>
  Object.fromEntries(Object.entries(tags).filter(([key]) => !keys.includes(key)))

/** An instance has one Elastic IP: what it held before goes. */
const associate = (world: World, change: ChangeOf<'AssociateAddress'>): World => {
  const { allocationId, instance } = change.args
  const former = addressOf(world, instance, change.at)
  const freed =
    former === undefined || former.allocationId === allocationId
      ? world
      : hold(world, former.allocationId, { at: change.at })
  return hold(freed, allocationId, { at: change.at, instance, associationId: change.result.associationId })
}

/** Moving an address breaks every flow through it at once. */
const hold = (world: World, allocationId: string, holder: Holder): World => {
  const address = world.addresses[allocationId]
  if (address === undefined) return world
  const former = findInstance(world, holderAt(address, holder.at)?.instance ?? '')
  const connections = former === undefined ? 0 : proxySessions(world, former, holder.at)
  return {
    ...world,
    addresses: {
      ...world.addresses,
      [allocationId]: { ...address, holders: [...address.holders, holder] },
    },
    cuts: former === undefined ? world.cuts : [...world.cuts, cut(holder.at, former, connections)],
  }
}

const terminate = (world: World, id: string, at: number): World => {
  const address = addressOf(world, id, at)
  const freed = address === undefined ? world : hold(world, address.allocationId, { at })
  return update(freed, id, instance =>
    instance.terminatedAt === undefined && (instance.diesAt === undefined || at < instance.diesAt)
      ? {
          ...instance,
          terminatedAt: at,
          goneAt: at + Math.round(between(SHUT_DOWN, world.seed, 'shut-down', id)),
        }
      : instance,
  )
}

const turn = (
  world: World,
  change: ChangeOf<'disable frontend' | 'enable frontend' | 'shutdown sessions server'>,
  to: Switch['to'],
): World => {
  const { instance: id, frontend } = change.args
  const instance = findInstance(world, id)
  if (instance === undefined) return world
  const turned = update(world, id, before => ({
    ...before,
    switches: [...before.switches, { at: change.at, frontend, to }],
  }))
  if (to !== 'sessions-shut') return turned
  const sessions = frontendSessions(world, instance, frontend, change.at)
  return { ...turned, cuts: [...turned.cuts, cut(change.at, instance, sessions)] }
}

const cut = (at: number, instance: WorldInstance, connections: number): Cut => ({
  at,
  instance: instance.id,
  connections,
})

const update = (world: World, id: string, to: (instance: WorldInstance) => WorldInstance): World => {
  const instance = findInstance(world, id)
  return instance === undefined ? world : { ...world, instances: { ...world.instances, [id]: to(instance) } }
}
