import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadScenario } from '../../src/drill/load-scenario.js'
import { FAULTS } from '../../src/drill/scenario/faults.js'

const SHIPPED = fileURLToPath(new URL('../../runbooks/drills/one-hot-proxy.yaml', import.meta.url))

const TEXT = `scenario: small
title: A small one
runbook: proxy-connection-surge
clusters:
  c1: { proxies: 2, shards: 1, connections: 10, limit: 100 }
faults:
  - kind: hot-host
    cluster: c1
    role: proxy
    begins: { from: -1m, to: 30s }
    factor: { from: 2, to: 3 }
    ramp: { from: 45s, to: 1m }
`

/** Each kind with the least that it must say, or more, and what it is loaded as. */
const KINDS: [string, string, object][] = [
  [
    'surge',
    'cluster: c1, begins: { from: 0s, to: 1m }, factor: { from: 2, to: 3 }, ramp: { from: 1m, to: 1m }, lasts: 20m',
    {
      cluster: 'c1',
      begins: { from: 0, to: 60_000 },
      factor: { from: 2, to: 3 },
      ramp: { from: 60_000, to: 60_000 },
      lasts: 1_200_000,
    },
  ],
  [
    'flood',
    'cluster: c1, network: 100.64.7.0/24, sources: { from: 40, to: 60 }, begins: { from: -2m, to: 0s }, ramp: { from: 1m, to: 1m }, factor: { from: 0.5, to: 3 }',
    {
      cluster: 'c1',
      network: '100.64.7.0/24',
      sources: { from: 40, to: 60 },
      begins: { from: -120_000, to: 0 },
      ramp: { from: 60_000, to: 60_000 },
      factor: { from: 0.5, to: 3 },
    },
  ],
  ['admin-hangs', 'cluster: c1, role: proxy, launched: 1', { cluster: 'c1', role: 'proxy', launched: 1 }],
  ['never-healthy', 'cluster: c1, first: 2', { cluster: 'c1', first: 2 }],
  ['launch-dies', 'cluster: c1', { cluster: 'c1' }],
  ['no-capacity', 'subnets: [subnet-a1]', { subnets: ['subnet-a1'] }],
  ['quota', 'family: c7i', { family: 'c7i' }],
  ['terminate-fails', 'zone: us-east-1a', { zone: 'us-east-1a' }],
  ['ec2-throttling', 'share: 0.3, begins: -1m, lasts: 5m', { share: 0.3, begins: -60_000, lasts: 300_000 }],
  ['ec2-errors', 'share: 1, operations: [CreateTags]', { share: 1, done: false, operations: ['CreateTags'] }],
  ['ec2-cut', 'operation: RunInstances, first: 1', { operation: 'RunInstances', first: 1 }],
  ['ec2-stall', 'delay: 10s', { delay: 10_000, share: 1 }],
  ['ec2-invisible', 'hidden: 30s', { hidden: 30_000 }],
  ['credentials-expire', 'begins: 1m', { begins: 60_000, code: 'RequestExpired' }],
]

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'firebreak-test-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const load = (text: string) => {
  const file = join(folder, 'small.yaml')
  writeFileSync(file, text)
  return loadScenario(file)
}

describe('a scenario', () => {
  it('that is shipped loads, with its durations in milliseconds', async () => {
    const { scenario, diagnostics } = await loadScenario(SHIPPED)
    expect(diagnostics).toEqual([])
    expect(scenario).toMatchObject({
      name: 'one-hot-proxy',
      runbook: 'proxy-connection-surge',
      inputs: { cluster: 'us-east-c1' },
      answers: {},
      faults: [
        {
          begins: { from: -240_000, to: -60_000 },
          factor: { from: 4, to: 9 },
          ramp: { from: 45_000, to: 120_000 },
        },
      ],
    })
  })

  it('needs no inputs and no answers, and its fault can begin after the alert', async () => {
    const { scenario } = await load(TEXT)
    expect(scenario).toMatchObject({ inputs: {}, answers: {}, file: join(folder, 'small.yaml') })
    expect(scenario!.faults[0]).toMatchObject({ begins: { from: -60_000, to: 30_000 } })
  })

  it('can have frontends that cannot be stopped', async () => {
    const stuck = '{ kind: stuck-frontend, cluster: c1, role: proxy, frontend: shard1, proxies: 2 }'
    const { scenario } = await load(`${TEXT}  - ${stuck}\n`)
    expect(scenario!.faults[1]).toEqual({
      kind: 'stuck-frontend',
      cluster: 'c1',
      role: 'proxy',
      frontend: 'shard1',
      proxies: 2,
    })
  })

  it.each(KINDS)('can have %s', async (kind, keys, loaded) => {
    const { scenario, diagnostics } = await load(`${TEXT}  - { kind: ${kind}, ${keys} }\n`)
    expect(diagnostics).toEqual([])
    expect(scenario!.faults[1]).toEqual({ kind, ...loaded })
  })

  it('has every kind of fault tried here', () => {
    const known = FAULTS.map(({ shape }) => shape.kind.value)
    expect(['hot-host', 'stuck-frontend', ...KINDS.map(([kind]) => kind)].sort()).toEqual(known.sort())
  })

  it.each([
    ['ec2-throttling, share: 30', 'bad-value', /`faults\[1\]\.share` must be at most 1/],
    ['ec2-throttling, share: 0', 'bad-value', /share/],
    ['ec2-throttling, share: 0.3, operations: [RunInstance]', 'bad-value', /RunInstances/],
    ['ec2-cut, operation: DescribeInstances', 'bad-value', /must be `AssociateAddress`/],
    ['ec2-cut, operation: RunInstances, frist: 1', 'unknown-key', /`frist` is no key/],
    ['no-capacity', 'bad-value', /`subnets`, `types` or both/],
    ['admin-hangs, cluster: c1, role: proxy', 'bad-value', /either `proxies` or `launched`/],
    ['admin-hangs, cluster: c1, role: proxy, proxies: 1, launched: 1', 'bad-value', /either/],
    ['never-healthy, cluster: c2', 'bad-value', /must be a cluster of this scenario: c1/],
    ['credentials-expire, lasts: 0s', 'bad-value', /longer than nothing/],
    ['quota', 'missing-key', /`family` is missing here/],
  ])('is refused where it has %s', async (fault, rule, message) => {
    const { scenario, diagnostics } = await load(`${TEXT}  - { kind: ${fault} }\n`)
    expect(scenario).toBeUndefined()
    expect(diagnostics).toHaveLength(1)
    expect(diagnostics[0]).toMatchObject({ rule, line: 13, message: expect.stringMatching(message) })
  })

  it.each([
    [
      '10.0.7.0/24',
      5,
      /must not hold addresses of the fleet or its operators, who have 10\.0\.0\.0\/16 in a drill/,
    ],
    ['203.0.113.0/28', 5, /addresses of the fleet or its operators, who have 203\.0\.113\.0\/24/],
    ['10.1.0.0/24', 5, /or its operators, who have 10\.1\.0\.0\/24/],
    ['100.64.0.0/19', 5, /must be from \/20 to \/28 wide, and this is a \/19/],
    ['100.64.7.16/29', 5, /from \/20 to \/28/],
    ['"2001:db8::/47"', 5, /must be from \/48 to \/124 wide, and this is a \/47/],
    ['"::/64"', 5, /addresses of the fleet/], // HAProxy takes all of IPv4 for a part of it
    ['100.64.7.1/24', 5, /must be written as it is meant: 100\.64\.7\.0\/24/],
    ['somewhere', 5, /must be an address or prefix: "somewhere" is no IP address/],
    ['100.64.7.0/28', 9, /`faults\[1\]\.sources` must be at most half of the addresses/],
  ])('is refused where a flood comes from %s with up to %i sources', async (network, sources, message) => {
    const rest = 'begins: { from: 0s, to: 0s }, ramp: { from: 1m, to: 1m }, factor: { from: 1, to: 1 }'
    const from = `network: ${network}, sources: { from: 1, to: ${sources} }`
    const { scenario, diagnostics } = await load(`${TEXT}  - { kind: flood, cluster: c1, ${from}, ${rest} }\n`)
    expect(scenario).toBeUndefined()
    expect(diagnostics).toHaveLength(1)
    expect(diagnostics[0]).toMatchObject({
      rule: 'bad-value',
      line: 13,
      message: expect.stringMatching(message),
    })
  })

  const withClients = (clients: string) =>
    load(TEXT.replace('limit: 100 }', `limit: 100, clients: ${clients} }`))

  it('can have clients whose address is known', async () => {
    const { scenario, diagnostics } = await withClients(
      '[{ address: 100.64.7.20, share: 0.02 }, { address: "2001:DB8::7", share: 0.5 }]',
    )
    expect(diagnostics).toEqual([])
    expect(scenario!.clusters.c1!.clients).toEqual([
      { address: '100.64.7.20', share: 0.02 },
      { address: '2001:db8::7', share: 0.5 },
    ])
  })

  it.each([
    ['[{ address: 100.64.7.0/24, share: 0.1 }]', /`clusters\.c1\.clients\[0\]\.address` must be one address/],
    ['[{ address: 10.0.1.10, share: 0.1 }]', /must not hold addresses of the fleet/],
    ['[{ address: 100.64.7.20, share: 1 }]', /share/],
    [
      '[{ address: 100.64.7.20, share: 0.5 }, { address: 100.64.7.21, share: 0.5 }]',
      /leave something to others/,
    ],
    ['[{ address: 100.64.7.20, share: 0.1 }, { address: 100.64.7.20/32, share: 0.1 }]', /each address once/],
  ])('is refused with clients %s', async (clients, message) => {
    const { scenario, diagnostics } = await withClients(clients)
    expect(scenario).toBeUndefined()
    expect(diagnostics).toHaveLength(1)
    expect(diagnostics[0]).toMatchObject({
      rule: 'bad-value',
      line: 5,
      message: expect.stringMatching(message),
    })
  })

  it('is told which keys that very kind of fault can have', async () => {
    const { diagnostics } = await load(`${TEXT}  - { kind: quota, family: c7i, subnet: a }\n`)
    expect(diagnostics[0]!.suggestion).toBe('it can have `kind`, `family`, `begins` or `lasts`')
  })

  it.each([
    ['an unknown key', 'title: A small one', 'titel: A small one', 'unknown-key', 2, 1],
    ['an unknown kind of fault', 'hot-host', 'cold-host', 'wrong-type', 7, 11],
    ['a range that runs backwards', '{ from: 2, to: 3 }', '{ from: 4, to: 3 }', 'bad-value', 11, 21],
    ['a duration without a unit', 'from: -1m', 'from: soon', 'bad-value', 10, 21],
    ['a ramp of no time', 'from: 45s', 'from: 0s', 'bad-value', 12, 19],
    ['a cluster that is not there', 'cluster: c1', 'cluster: c2', 'bad-value', 8, 14],
    ['a limit below the calm load', 'limit: 100', 'limit: 5', 'bad-value', 5, 56],
    ['no proxies', 'proxies: 2', 'proxies: 0', 'bad-value', 5, 18],
    ['a number for a name', 'scenario: small', 'scenario: 7', 'wrong-type', 1, 11],
  ])('with %s is refused at its place', async (_, before, after, rule, line, column) => {
    const { scenario, diagnostics } = await load(TEXT.replace(before, after))
    expect(scenario).toBeUndefined()
    expect(diagnostics).toContainEqual(expect.objectContaining({ rule, line, column }))
  })
})
