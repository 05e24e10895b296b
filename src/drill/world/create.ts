import type { Cluster, Fleet } from '../../fleet/fleet.js'
import { between, hex } from '../random.js'
import type { Scenario, ScenarioCluster } from '../scenario.js'
import { createFaults } from './create-faults.js'
import { createFloods, regularsOf } from './create-floods.js'
import { addressFor, createSubnets, regionOf } from './network.js'
import { createNetworkAcls } from './network-acls.js'
import type { World, WorldAddress, WorldCluster, WorldInstance, WorldSubnet } from './world.js'

const ACCOUNT = '123456789012'
const DAY_MS = 86_400_000

/** How long before the alert the calm fleet was launched: long enough that every client is there. */
const AGE_MS = { from: 20 * DAY_MS, to: 40 * DAY_MS }

/** The world at its first moment, before any change. The scenario's clusters are clusters of the fleet. */
export const createWorld = (options: {
  readonly seed: number
  readonly scenario: Scenario
  readonly fleet: Fleet
  readonly epoch: number
}): World => {
  const { seed, scenario, fleet, epoch } = options
  const region = regionOf(fleet)
  const parts = Object.entries(scenario.clusters).flatMap(([name, size]) => {
    const cluster = fleet.clusters[name]
    return cluster === undefined ? [] : [{ cluster, size }]
  })
  const subnets = createSubnets(
    parts.map(part => part.cluster.proxies.subnets),
    region,
  )
  const hosts = parts.flatMap(part => createHosts(seed, epoch, part.cluster, part.size, subnets))
  const instances = Object.fromEntries(numbered(hosts, subnets).map(host => [host.id, host]))
  const clusters = parts.map(({ cluster, size }) =>
    createCluster(seed, cluster, size, regularsOf(seed, cluster.name, size, scenario.faults)),
  )
  return {
    seed,
    epoch,
    account: fleet.account ?? ACCOUNT,
    region,
    clusters: Object.fromEntries(clusters.map(cluster => [cluster.name, cluster])),
    subnets,
    instances,
    addresses: createAddresses(
      seed,
      Object.values(instances).filter(
        host => fleet.clusters[host.cluster]?.proxies.address === 'elastic-ip' && host.role === 'proxy',
      ),
    ),
    networkAcls: createNetworkAcls(parts.map(part => part.cluster)),
    launches: {},
    ...createFaults(seed, epoch, scenario.faults, Object.values(instances)),
    floods: createFloods(seed, epoch, scenario.faults, clusters),
    cuts: [],
    made: [],
    changes: 0,
  }
}

const createCluster = (
  seed: number,
  cluster: Cluster,
  size: ScenarioCluster,
  regulars: WorldCluster['regulars'],
): WorldCluster => {
  const { proxies, shards } = cluster
  const adminPort = portOf(proxies.admin)
  const shardPort = shards === undefined ? undefined : portOf(shards.data)
  const template = proxies.launchTemplate ?? `lt-${cluster.name}`
  const isId = /^lt-[0-9a-f]{8,17}$/.test(template)
  return {
    name: cluster.name,
    calm: size.connections,
    limit: size.limit,
    frontends: proxies.frontends,
    ...(adminPort === undefined ? {} : { adminPort }),
    ...(proxies.admin.startsWith('ssh://') ? { adminOverSsh: proxies.admin } : {}),
    ...(shardPort === undefined ? {} : { shardPort }),
    template: isId
      ? { id: template, name: cluster.name }
      : { id: `lt-${hex(17, seed, 'template', template)}`, name: template },
    proxyTags: proxies.discover.kind === 'ec2' ? proxies.discover.tags : {},
    instanceTypes: proxies.instanceTypes,
    ...(proxies.denyList === undefined ? {} : { denyList: proxies.denyList }),
    ...(proxies.address === 'elastic-ip' ? {} : { crowd: size.proxies }),
    regulars,
  }
}

/** The port of a template such as `tcp://{private_ip}:9999`. */
const portOf = (template: string): number | undefined => {
  const port = /^tcp:\/\/.*:(\d+)$/.exec(template)?.[1]
  return port === undefined ? undefined : Number(port)
}

type Host = Omit<WorldInstance, 'privateIp'>

const createHosts = (
  seed: number,
  epoch: number,
  cluster: Cluster,
  size: ScenarioCluster,
  subnets: World['subnets'],
): Host[] => {
  const spread = cluster.proxies.subnets.flatMap(id => subnets[id] ?? [])
  const hosts = (role: 'proxy' | 'shard', count: number): Host[] =>
    Array.from({ length: count }, (_, index) => {
      const subnet = spread[index % spread.length]
      return subnet === undefined ? [] : [createHost(seed, epoch, cluster, role, index, subnet)]
    }).flat()
  return [...hosts('proxy', size.proxies), ...hosts('shard', cluster.shards === undefined ? 0 : size.shards)]
}

const createHost = (
  seed: number,
  epoch: number,
  cluster: Cluster,
  role: 'proxy' | 'shard',
  index: number,
  subnet: WorldSubnet,
): Host => {
  const key = [cluster.name, role, index] as const
  const launchedAt = epoch - Math.round(between(AGE_MS, seed, 'age', ...key))
  const group = role === 'proxy' ? cluster.proxies : cluster.shards
  const found = group?.discover.kind === 'ec2' ? group.discover.tags : {}
  return {
    id: `i-${hex(17, seed, 'instance', ...key)}`,
    cluster: cluster.name,
    role,
    subnet: subnet.id,
    zone: subnet.zone,
    type: cluster.proxies.instanceTypes[0] ?? 'c7i.large',
    reservation: `r-${hex(17, seed, 'reservation', ...key)}`,
    tags: { ...found, Name: `${cluster.name}-${role}-${index + 1}` },
    launchedAt,
    runningAt: launchedAt + 30_000,
    servingAt: launchedAt + 40_000,
    service: [{ at: launchedAt, in: true }],
    switches: [],
    weights: [],
    rateLimits: [],
    listings: [],
    ended: [],
    flushedAt: [],
    items: {},
  }
}

/** Addresses are given out in order, so that no two hosts of a subnet share one. */
const numbered = (hosts: readonly Host[], subnets: World['subnets']): WorldInstance[] => {
  const taken: Record<string, number> = {}
  return hosts.flatMap(host => {
    const subnet = subnets[host.subnet]
    const count = taken[host.subnet] ?? 0
    taken[host.subnet] = count + 1
    const privateIp = subnet === undefined ? undefined : addressFor(subnet, count)
    return privateIp === undefined ? [] : [{ ...host, privateIp }]
  })
}

const createAddresses = (seed: number, hosts: readonly WorldInstance[]): Record<string, WorldAddress> =>
  Object.fromEntries(
    hosts.map((host, index) => {
      const allocationId = `eipalloc-${hex(17, seed, 'allocation', host.id)}`
      const associationId = `eipassoc-${hex(17, seed, 'association', host.id)}`
      return [
        allocationId,
        {
          allocationId,
          publicIp: publicAddress(index),
          cluster: host.cluster,
          tags: { Name: `${host.tags.Name ?? host.id}` },
          holders: [{ at: host.launchedAt, instance: host.id, associationId }],
        },
      ]
    }),
  )

/** From the ranges set aside for documentation: they lead nowhere. */
const publicAddress = (index: number): string =>
  `${index < 240 ? '203.0.113' : '198.51.100'}.${(index % 240) + 10}`
