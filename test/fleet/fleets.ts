import type { Cluster, Discover, Fleet } from '../../src/fleet/fleet.js'

/** A fleet of one cluster whose targets are found like that. */
export const fleetOf = (proxies: Discover, shards?: Discover): Fleet => ({
  file: '/fleets/fleet.yaml',
  guardrailsHash: 'hash',
  account: '123456789012',
  region: 'us-east-1',
  clusters: { 'us-east-c1': clusterOf(proxies, shards) },
  guardrails: {
    maxUnavailableProxies: { conservative: 1, aggressive: 3 },
    failures: { conservative: 2, aggressive: 5 },
    commands: [],
  },
})

const clusterOf = (proxies: Discover, shards: Discover | undefined): Cluster => ({
  name: 'us-east-c1',
  proxies: {
    kind: 'haproxy',
    discover: proxies,
    admin: 'tcp://{private_ip}:9999',
    data: 'tcp://{private_ip}:11211',
    frontends: [{ name: 'shard1', port: 11211 }],
    healthCheckers: [],
    subnets: ['subnet-a1'],
    instanceTypes: ['c7i.large'],
    address: 'elastic-ip',
    minHealthy: 4,
  },
  ...(shards === undefined
    ? {}
    : { shards: { kind: 'memcached', discover: shards, data: 'tcp://{private_ip}:11211' } }),
})
