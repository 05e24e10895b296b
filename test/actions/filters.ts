// Proxies with lists of denied addresses, hosts with nftables and a network ACL, in memory; and who is connected.

import type { Hands } from '../../src/actions/contract.js'
import { ipFilterApply } from '../../src/actions/ip-filter-apply/schema.js'
import { fail, ok, type Result } from '../../src/domain/result.js'
import { holds } from '../../src/fleet/addresses/arithmetic.js'
import type { Prefix } from '../../src/fleet/addresses/prefix.js'
import type { StandingAllowlist } from '../../src/fleet/allowlist/standing.js'
import type { StandingFilter } from '../../src/fleet/filters/filter.js'
import { isSameRecord } from '../../src/fleet/filters/filter.js'
import type { FilterRegister } from '../../src/fleet/filters/register.js'
import type { Cluster } from '../../src/fleet/fleet.js'
import type { Target } from '../../src/fleet/inventory.js'
import type { Ec2, Haproxy, Providers } from '../../src/providers/contract.js'
import type { Look } from '../../src/providers/look.js'
import type { AclEntry, NetworkAcl } from '../../src/providers/network-acl.js'
import type { Denial } from '../../src/providers/nftables/contract.js'
import { fleetOf } from '../fleet/fleets.js'
import { NOBODY } from '../fleet/nobody.js'
import { read } from '../fuzz/filter-trial.js'
import { absentHaproxy } from '../providers/absent-haproxy.js'
import { jumpingClock } from '../runtime/process.js'

export const CLUSTER = 'us-east-c1'
export const LIST = '/etc/haproxy/denied.lst'
export const ACL = 'acl-0abc'
const PROXIES = ['p1', 'p2'] as const

type Failing = ReturnType<typeof fail>

export type Gate = {
  readonly clock: ReturnType<typeof jumpingClock>
  /** Entries of each proxy's list, as they are written there. */
  readonly lists: Map<string, string[]>
  readonly hosts: Map<string, Denial[]>
  acl: NetworkAcl
  /** Connections by address, at the first proxy; and those who came on a calm day. */
  clients: { readonly [address: string]: number }
  known: readonly string[]
  calm: number | undefined
  allowlist: Result<StandingAllowlist>
  standpoint: Look['standpoint']
  cluster: Partial<Cluster> & { readonly proxies?: Cluster['proxies'] }
  /** Changes that were sent, in order: `p1 deny 192.0.2.0/24`, `acl create 1`. */
  readonly sent: string[]
  /** By the change, or by the proxy that does not answer. */
  readonly failing: Map<string, Failing>
  /** What fails was done all the same. */
  readonly doneAnyway: Set<string>
  readonly standing: StandingFilter[]
  /** Sessions that were ended. */
  readonly shut: string[]
}

export const allowing = (entries: { readonly [text: string]: string }): Result<StandingAllowlist> =>
  ok({
    allowlist: {
      entries: Object.entries(entries).map(([text, name], index) => ({
        prefix: read(text),
        name,
        at: `customers.txt:${index + 1}`,
      })),
      files: [],
      hash: Object.keys(entries).join(),
    },
    stale: [],
  })

const ALLOW: readonly AclEntry[] = [
  { number: 100, direction: 'ingress', effect: 'allow', prefix: read('0.0.0.0/0'), protocol: '-1' },
  { number: 32_767, direction: 'ingress', effect: 'deny', prefix: read('0.0.0.0/0'), protocol: '-1' },
  { number: 32_768, direction: 'ingress', effect: 'deny', prefix: read('::/0'), protocol: '-1' },
]

export const newGate = (): Gate => ({
  clock: jumpingClock(),
  lists: new Map(PROXIES.map(id => [id, []])),
  hosts: new Map(PROXIES.map(id => [id, []])),
  acl: { id: ACL, entries: ALLOW, subnets: ['subnet-a1'], tags: {} },
  clients: {},
  known: [],
  calm: 100,
  allowlist: allowing({ '203.0.113.7': 'Acme' }),
  standpoint: { operator: '198.51.100.9', here: [] },
  cluster: {},
  sent: [],
  failing: new Map(),
  doneAnyway: new Set(),
  standing: [],
  shut: [],
})

const targets: Target[] = PROXIES.map((id, index) => ({
  ...{ id, cluster: CLUSTER, role: 'proxy' as const, tags: {}, privateIp: `10.0.0.${index + 1}` },
  ...{ admin: `tcp://10.0.0.${index + 1}:9999`, data: `tcp://10.0.0.${index + 1}:11211` },
}))

const fleetFor = (gate: Gate): Look['fleet'] => {
  const fleet = fleetOf({ kind: 'static', targets: [] })
  const cluster = fleet.clusters[CLUSTER]!
  const filter = { widest: { ipv4: 20, ipv6: 48 }, maxTtl: 4 * 3_600_000, defaultTtl: 1_800_000 }
  return {
    ...fleet,
    ssh: { user: 'root', hostCas: [] },
    guardrails: { ...fleet.guardrails, filter },
    clusters: {
      [CLUSTER]: {
        ...cluster,
        networkAcl: { id: ACL, numbers: { from: 1, to: 99 }, quota: 20 },
        ...gate.cluster,
        proxies: { ...cluster.proxies, denyList: LIST, ...gate.cluster.proxies },
      },
    },
  }
}

/** Sends a change, which is done unless it fails; some are done although they fail. */
const change = <T>(gate: Gate, name: string, make: () => T): Result<T> => {
  gate.sent.push(name)
  const failed = gate.failing.get(name)
  if (failed && !gate.doneAnyway.has(name)) return failed
  const made = make()
  return failed ?? ok(made)
}

const haproxyOf = (gate: Gate, url: string): Haproxy => {
  const id = PROXIES[Number(/10\.0\.0\.(\d+)/.exec(url)?.[1]) - 1] ?? 'p1'
  const list = (): string[] => gate.lists.get(id) ?? []
  const silent = (): Failing | undefined => gate.failing.get(id)
  return {
    ...absentHaproxy(fail('bug', 'not used here', 'do not')),
    listed: async () => silent() ?? ok(list().map(pattern => ({ pattern, prefix: pattern as Prefix }))), // canonical in these tests
    matches: async (_list, address) => {
      const pattern = list().find(one => holds([read(one)], read(address)))
      return silent() ?? ok(pattern === undefined ? null : { pattern })
    },
    deny: async (_list, prefix) =>
      silent() ??
      (list().includes(prefix)
        ? ok('already')
        : change(gate, `${id} deny ${prefix}`, () => {
            list().push(prefix)
            return 'added'
          })),
    allow: async (_list, prefix) =>
      silent() ??
      (list().includes(prefix)
        ? change(gate, `${id} allow ${prefix}`, () => {
            list().splice(list().indexOf(prefix), 1)
            return 'removed'
          })
        : ok('absent')),
    sessions: async () =>
      silent() ??
      ok(
        Object.entries(id === 'p1' ? gate.clients : {}).flatMap(([address, count]) =>
          Array.from({ length: count }, (_, n) => ({
            id: `0x${n}`,
            address,
            port: 1_000 + n,
            frontend: 'shard1',
          })),
        ),
      ),
    shutSession: async ({ address }) => {
      gate.shut.push(address)
      return ok('shut')
    },
  }
}

const nftablesOf = (gate: Gate, host: string): ReturnType<Providers['nftables']> => {
  const id = PROXIES[Number(/10\.0\.0\.(\d+)/.exec(host)?.[1]) - 1] ?? 'p1'
  const entries = (): Denial[] => gate.hosts.get(id) ?? []
  return {
    look: async () => gate.failing.get(id) ?? ok(entries()),
    deny: async (prefixes, scope, timeout) =>
      change(gate, `${id} nft deny ${prefixes.join()} ${timeout}s`, () => {
        const others = entries().filter(one => !prefixes.some(prefix => prefix === one.prefix))
        const made = prefixes.map(prefix => ({ scope, prefix, timeout, expiresIn: timeout, inForce: true }))
        gate.hosts.set(id, [...others, ...made])
        return null
      }),
    allow: async prefixes =>
      change(gate, `${id} nft allow ${prefixes.join()}`, () => {
        gate.hosts.set(
          id,
          entries().filter(one => !prefixes.some(prefix => prefix === one.prefix)),
        )
        return null
      }),
  }
}

const ec2Of = (
  gate: Gate,
): Pick<
  Ec2,
  'describeNetworkAcls' | 'createNetworkAclEntry' | 'deleteNetworkAclEntry' | 'createTags' | 'deleteTags'
> => ({
  describeNetworkAcls: async () => gate.failing.get('describe') ?? ok([gate.acl]),
  createNetworkAclEntry: async ({ entry }) => {
    if (gate.acl.entries.some(one => one.number === entry.number && one.direction === entry.direction))
      return fail('ec2.exists', 'there is one', 'look')
    return change(gate, `acl create ${entry.number}`, () => {
      gate.acl = { ...gate.acl, entries: [...gate.acl.entries, entry] }
      return null
    })
  },
  deleteNetworkAclEntry: async ({ number }) =>
    change(gate, `acl delete ${number}`, () => {
      gate.acl = { ...gate.acl, entries: gate.acl.entries.filter(one => one.number !== number) }
      return null
    }),
  createTags: async (_ids, tags) =>
    change(gate, `tag ${Object.keys(tags).join()}`, () => {
      gate.acl = { ...gate.acl, tags: { ...gate.acl.tags, ...tags } }
      return null
    }),
  deleteTags: async (_ids, keys) =>
    change(gate, `untag ${keys.join()}`, () => {
      const left = Object.entries(gate.acl.tags).filter(([key]) => !keys.includes(key))
      gate.acl = { ...gate.acl, tags: Object.fromEntries(left) }
      return null
    }),
})

/** What stands, in a list of a test. */
export const registerOf = ({ standing }: Pick<Gate, 'standing'>): FilterRegister => {
  const without = ({
    filter,
    incident,
    place,
  }: Pick<StandingFilter, 'filter' | 'incident' | 'place'>): void => {
    const same = standing.findIndex(one => isSameRecord(one, { filter, incident, place }))
    if (same >= 0) standing.splice(same, 1)
  }
  return {
    all: () => [...standing],
    write: one => {
      without(one)
      standing.push(one)
      return ok(null)
    },
    strike: one => {
      without(one)
      return ok(null)
    },
  }
}

export const lookFor = (gate: Gate): Look => {
  const unused = async () => fail('bug', 'not used here', 'do not')
  const found = { cluster: CLUSTER, role: 'proxy' as const, at: gate.clock.now(), source: 'static' as const }
  return {
    ...NOBODY,
    clock: gate.clock,
    fleet: fleetFor(gate),
    posture: 'conservative',
    baselines: {
      read: async () =>
        gate.calm === undefined ? undefined : { connections: gate.calm / PROXIES.length, at: 0 },
      record: async () => {},
    },
    clients: { read: () => new Map(gate.known.map(one => [one, { connections: 1, at: 0 }])), record: () => {} },
    allowlist: async () => gate.allowlist,
    standpoint: gate.standpoint,
    filters: registerOf(gate),
    discover: async () => ok({ ...found, targets }),
    providers: {
      ec2: async () => gate.failing.get('ec2') ?? ok(ec2Of(gate) as Ec2), // the rest of EC2 is not used here
      sts: unused,
      haproxy: url => haproxyOf(gate, url),
      memcached: () => ({
        version: async () => ok('1.6'),
        stats: unused,
        flushAll: unused,
        setVerbosity: unused,
      }),
      nftables: host => nftablesOf(gate, host),
      processes: { run: unused },
      ssh: { run: unused },
      http: { send: unused },
    },
  }
}

export const handsFor = (gate: Gate, incident = 'i-test'): Hands => {
  const look = lookFor(gate)
  return {
    clock: gate.clock,
    fleet: look.fleet,
    providers: look.providers,
    look,
    filters: registerOf(gate),
    incident,
    secret: name => fail('secret.missing', `there is no secret ${name}`, 'set it'),
  }
}

/** An input of `ip-filter.apply` that can be carried out here. */
export const applyInput = (written: object) =>
  ipFilterApply.input.parse({
    cluster: CLUSTER,
    addresses: ['203.0.113.0/29'],
    ports: 11_211,
    protocol: 'tcp',
    ...written,
  })
