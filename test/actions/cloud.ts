import { NOBODY } from '../fleet/nobody.js'
// An EC2 in memory with proxies in it, and what a plan and an op may see of it.

import type { Hands } from '../../src/actions/contract.js'
import type { Posture } from '../../src/domain/mode.js'
import { fail, ok, type Result } from '../../src/domain/result.js'
import type { Fleet } from '../../src/fleet/fleet.js'
import type { Inventory, Target } from '../../src/fleet/inventory.js'
import type { Address, Ec2, Filter, Instance, LaunchRequest, Providers } from '../../src/providers/contract.js'
import type { Look } from '../../src/providers/look.js'
import { fleetOf } from '../fleet/fleets.js'
import { absentHaproxy } from '../providers/absent-haproxy.js'
import { absentNftables } from '../providers/absent-nftables.js'
import { jumpingClock } from '../runtime/process.js'

export const CLUSTER = 'us-east-c1'
const TAGS = { role: 'proxy', cluster: CLUSTER }

export type Cloud = {
  readonly instances: Map<string, Instance>
  readonly addresses: Map<string, Address>
  /** Changes that were sent, in order. */
  readonly sent: string[]
  readonly launches: LaunchRequest[]
  /** Operations that fail, and with what: `runInstance subnet-a1`, `describeInstances`. */
  readonly failing: Map<string, ReturnType<typeof fail>>
  /** Admin addresses that answer, with their connections. */
  readonly connections: Map<string, number>
  /** Data addresses that do not answer. */
  readonly dead: Set<string>
  /** A termination that fails is carried out all the same. */
  endsAnyway?: true
  /** What a new instance is like, before it is looked at. */
  launched: Partial<Instance>
  inventory: Partial<Inventory>
  posture: Posture
  fleet: Fleet
}

/** Six proxies i-1 to i-6, each with an address, all serving. */
export const newCloud = (): Cloud => {
  const numbers = [1, 2, 3, 4, 5, 6]
  return {
    instances: new Map(
      numbers.map(n => [`i-${n}`, { id: `i-${n}`, state: 'running', privateIp: `10.0.0.${n}`, tags: TAGS }]),
    ),
    addresses: new Map(
      numbers.map(n => [
        `eipalloc-${n}`,
        {
          allocationId: `eipalloc-${n}`,
          publicIp: `203.0.113.${n}`,
          associationId: `assoc-${n}`,
          instanceId: `i-${n}`,
        },
      ]),
    ),
    sent: [],
    launches: [],
    failing: new Map(),
    connections: new Map(numbers.map(n => [`tcp://10.0.0.${n}:9999`, 900])),
    dead: new Set(),
    launched: { state: 'running', privateIp: '10.0.0.100' },
    inventory: {},
    posture: 'conservative',
    fleet: fleet(),
  }
}

const fleet = (): Fleet => {
  const one = fleetOf({ kind: 'ec2', tags: TAGS })
  const cluster = one.clusters[CLUSTER]!
  const proxies = {
    ...cluster.proxies,
    launchTemplate: 'lt-proxy',
    subnets: ['subnet-a1', 'subnet-b1'],
    instanceTypes: ['c7i.large', 'c7a.large'],
    frontends: [
      { name: 'shard1', port: 11_211 },
      { name: 'shard2', port: 11_212 },
    ],
  }
  return { ...one, clusters: { [CLUSTER]: { ...cluster, proxies } } }
}

const matches = (instance: Instance, { name, values }: Filter): boolean => {
  const value = name.startsWith('tag:') ? instance.tags[name.slice('tag:'.length)] : instance.clientToken
  return value !== undefined && values.includes(value)
}

const ec2Of = (cloud: Cloud): Ec2 => {
  const { instances, addresses, sent, failing } = cloud
  const retag = (ids: readonly string[], change: (tags: Instance['tags']) => Instance['tags']) => {
    for (const id of ids) {
      const instance = instances.get(id)
      if (instance) instances.set(id, { ...instance, tags: change(instance.tags) })
    }
    return ok(null)
  }
  return {
    describeInstances: async ({ ids, filters = [] }) => {
      const by = filters[0]?.name
      const failed = failing.get('describeInstances') ?? failing.get(`describeInstances ${by}`)
      if (failed) return failed
      const found = [...instances.values()].filter(
        one => (ids?.includes(one.id) ?? true) && filters.every(filter => matches(one, filter)),
      )
      return ids && found.length === 0 ? fail('ec2.not-found', 'no such instance', 'look') : ok(found)
    },
    runInstance: async request => {
      sent.push(`launch ${request.subnet} ${request.instanceType}`)
      const failed = failing.get(`runInstance ${request.subnet} ${request.instanceType}`)
      if (failed) return failed
      cloud.launches.push(request)
      const instance: Instance = {
        id: `i-new${cloud.launches.length}`,
        state: 'pending',
        subnet: request.subnet,
        clientToken: request.clientToken,
        tags: request.tags,
        ...cloud.launched,
      }
      instances.set(instance.id, instance)
      return ok(instance)
    },
    createTags: async (ids, tags) => {
      sent.push(`tag ${ids.join()}`)
      return failing.get('createTags') ?? retag(ids, before => ({ ...before, ...tags }))
    },
    deleteTags: async (ids, keys) => {
      sent.push(`untag ${ids.join()}`)
      const left = (tags: Instance['tags']) =>
        Object.fromEntries(Object.entries(tags).filter(([key]) => !keys.includes(key)))
      return failing.get('deleteTags') ?? retag(ids, left)
    },
    describeSubnets: async ids => {
      const failed = failing.get('describeSubnets')
      if (failed) return failed
      return ok(ids.map(id => ({ id, zone: `us-east-1${id.charAt(7)}`, zoneId: `use1-az-${id.charAt(7)}` })))
    },
    describeAddresses: async filters => {
      const failed = failing.get('describeAddresses')
      if (failed) return failed
      const fits = (address: Address) =>
        filters.every(({ name, values }) =>
          values.includes((name === 'instance-id' ? address.instanceId : address.allocationId) ?? ''),
        )
      return ok([...addresses.values()].filter(fits))
    },
    associateAddress: async ({ allocationId, instanceId, allowReassociation }) => {
      sent.push(`associate ${allocationId} ${instanceId}${allowReassociation ? '' : ' if free'}`)
      const failed = failing.get('associateAddress')
      if (failed) return failed
      const address = addresses.get(allocationId)
      if (!address) return fail('ec2.not-found', 'no such address', 'look')
      if (address.instanceId !== undefined && !allowReassociation)
        return fail('ec2.rejected', 'it is associated already', 'look')
      addresses.set(allocationId, { ...address, instanceId, associationId: `assoc-${instanceId}` })
      return ok({ associationId: `assoc-${instanceId}` })
    },
    terminateInstances: async ids => {
      sent.push(`terminate ${ids.join()}`)
      const failed = failing.get('terminateInstances')
      if (failed && !cloud.endsAnyway) return failed
      for (const id of ids) {
        const instance = instances.get(id)
        if (instance) instances.set(id, { ...instance, state: 'shutting-down' })
      }
      return failed ?? ok(null)
    },
    describeNetworkAcls: async () => noNetworkAcl,
    createNetworkAclEntry: async () => noNetworkAcl,
    deleteNetworkAclEntry: async () => noNetworkAcl,
    mayI: async ({ operation }) => ({
      permission: `ec2:${operation}`,
      verdict: 'unknown',
      detail: 'not asked here',
    }),
  }
}

const noNetworkAcl = fail('ec2.not-found', 'there is no network ACL', 'look')

const providersOf = (cloud: Cloud): Providers => {
  const unused = fail('bug', 'not used here', 'do not')
  const none = async () => unused
  const answer = <T>(value: T | undefined): Result<T> =>
    value === undefined ? fail('target.timeout', 'no answer', 'look') : ok(value)
  return {
    ec2: async () => cloud.failing.get('ec2') ?? ok(ec2Of(cloud)),
    sts: none,
    haproxy: url => ({
      ...absentHaproxy(unused),
      stat: async () => {
        const sessions = cloud.connections.get(url)
        const row = { proxy: 'shard1', server: 'FRONTEND', type: 'frontend', status: 'OPEN' } as const
        return answer(sessions === undefined ? undefined : [{ ...row, sessions }])
      },
    }),
    memcached: url => ({
      version: async () => answer(cloud.dead.has(url) ? undefined : '1.6.18'),
      stats: none,
      flushAll: none,
      setVerbosity: none,
    }),
    nftables: () => absentNftables(unused),
    processes: { run: none },
    ssh: { run: none },
    http: { send: none },
  }
}

const targetOf = ({ id, privateIp, tags, zone, launchedAt }: Instance): Target => ({
  id,
  cluster: CLUSTER,
  role: 'proxy',
  admin: `tcp://${privateIp}:9999`,
  data: `tcp://${privateIp}:11211`,
  ...(zone === undefined ? {} : { zone }),
  ...(launchedAt === undefined ? {} : { launchedAt }),
  tags,
})

export const handsOn = (cloud: Cloud): Hands & { readonly clock: ReturnType<typeof jumpingClock> } => {
  const clock = jumpingClock()
  const look = lookAt(cloud, clock)
  return {
    clock,
    fleet: cloud.fleet,
    providers: look.providers,
    look,
    filters: NOBODY.filters,
    incident: 'i-test',
    secret: name => fail('secret.missing', `there is no secret ${name}`, 'set it'),
  }
}

export const lookAt = (cloud: Cloud, clock = jumpingClock()): Look => {
  return {
    clock,
    fleet: cloud.fleet,
    providers: providersOf(cloud),
    posture: cloud.posture,
    baselines: { read: async () => undefined, record: async () => {} },
    ...NOBODY,
    discover: async () =>
      ok({
        cluster: CLUSTER,
        role: 'proxy',
        at: clock.now(),
        source: 'ec2',
        targets: [...cloud.instances.values()].map(targetOf),
        ...cloud.inventory,
      }),
  }
}
