import { DRILL_EPOCH } from '../../src/drill/drill.js'
import type { Scenario } from '../../src/drill/scenario.js'
import { createWorld } from '../../src/drill/world/create.js'
import type { Fleet } from '../../src/fleet/fleet.js'

const frontends = [1, 2, 3, 4].map(n => ({ name: `shard${n}`, port: 11_210 + n }))

/** The fleet and the scenario that the tests of this folder play. */
export const fleet: Fleet = {
  file: 'fleet.yaml',
  guardrailsHash: '0',
  account: '123456789012',
  region: 'us-east-1',
  clusters: {
    'us-east-c1': {
      name: 'us-east-c1',
      proxies: {
        kind: 'haproxy',
        discover: { kind: 'ec2', tags: { role: 'proxy', cluster: 'us-east-c1' } },
        admin: 'tcp://{private_ip}:9999',
        data: 'tcp://{private_ip}:11211',
        frontends,
        denyList: '/etc/haproxy/denied.lst',
        launchTemplate: 'lt-proxy',
        healthCheckers: [],
        subnets: ['subnet-a1', 'subnet-b1'],
        instanceTypes: ['c7i.large', 'c7a.large'],
        address: 'elastic-ip',
        minHealthy: 4,
      },
      shards: {
        kind: 'memcached',
        discover: { kind: 'ec2', tags: { role: 'backend', cluster: 'us-east-c1' } },
        data: 'tcp://{private_ip}:11211',
      },
      networkAcl: { id: 'acl-0abc', numbers: { from: 1, to: 99 }, quota: 20 },
    },
  },
  guardrails: {
    maxUnavailableProxies: { conservative: 1, aggressive: 3 },
    failures: { conservative: 2, aggressive: 5 },
    commands: [],
  },
}

export const scenario: Scenario = {
  name: 'one-hot-proxy',
  file: 'one-hot-proxy.yaml',
  title: 'One hot proxy',
  runbook: 'proxy-connection-surge',
  inputs: {},
  answers: {},
  clusters: { 'us-east-c1': { proxies: 6, shards: 4, connections: 400, limit: 4_000 } },
  faults: [
    {
      kind: 'hot-host',
      cluster: 'us-east-c1',
      role: 'proxy',
      begins: { from: -240_000, to: -60_000 },
      factor: { from: 4, to: 9 },
      ramp: { from: 45_000, to: 120_000 },
    },
  ],
}

export const calmScenario: Scenario = { ...scenario, faults: [] }

export const EPOCH = DRILL_EPOCH

export const worldOf = (seed: number, played = scenario) =>
  createWorld({ seed, scenario: played, fleet, epoch: EPOCH })
