import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Fleet } from '../../src/fleet/fleet.js'
import { loadFleet } from '../../src/fleet/load.js'
import { formatDiagnostic } from '../../src/source/format-diagnostic.js'

const SHIPPED = 'runbooks/fleet.yaml'
let shipped: string
let folder: string
beforeAll(() => {
  shipped = readFileSync(SHIPPED, 'utf8')
  folder = mkdtempSync(path.join(tmpdir(), 'fb-fleet-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const loadText = (text: string) => {
  const file = path.join(folder, 'fleet.yaml')
  writeFileSync(file, text)
  return loadFleet(file)
}

/** The shipped file with one text in the place of another. */
/** The first cluster's list, as a line of the file. */
const LISTED = '      deny_list: /etc/haproxy/denied.lst # every frontend rejects what is in it\n'

const edited = (from: string, to: string): string => {
  expect(shipped).toContain(from)
  return shipped.replace(from, to)
}

const loadEdited = async (from: string, to: string): Promise<Fleet> => {
  const loaded = await loadText(edited(from, to))
  return loaded.fleet ?? expect.fail(JSON.stringify(loaded.diagnostics))
}

const findings = async (text: string): Promise<string[]> => {
  const { source, diagnostics } = await loadText(text)
  return diagnostics.map(one => formatDiagnostic(one, source).replaceAll(`${folder}/`, ''))
}

describe('the shipped fleet file', () => {
  it('is read', async () => {
    const loaded = await loadFleet(SHIPPED)
    expect(loaded).toMatchObject({
      fleet: {
        file: SHIPPED,
        account: '123456789012',
        region: 'us-east-1',
        clusters: {
          'us-east-c1': {
            name: 'us-east-c1',
            networkAcl: { id: 'acl-0abc', numbers: { from: 1, to: 99 }, quota: 20 },
            proxies: {
              kind: 'haproxy',
              discover: { kind: 'ec2', tags: { role: 'proxy', cluster: 'us-east-c1' } },
              admin: 'tcp://{private_ip}:9999',
              data: 'tcp://{private_ip}:11211',
              frontends: [
                { name: 'shard1', port: 11211 },
                { name: 'shard2', port: 11212 },
                { name: 'shard3', port: 11213 },
                { name: 'shard4', port: 11214 },
              ],
              launchTemplate: 'lt-proxy',
              subnets: ['subnet-a1', 'subnet-b1'],
              instanceTypes: ['c7i.large', 'c7a.large'],
              address: 'elastic-ip',
              minHealthy: 4,
            },
            shards: { kind: 'memcached', data: 'tcp://{private_ip}:11211' },
          },
        },
        guardrails: {
          maxUnavailableProxies: { conservative: 1, aggressive: 3 },
          failures: { conservative: 2, aggressive: 5 },
          commands: [],
        },
      },
    })
  })
})

describe('a fleet file', () => {
  it('may give one limit for both postures, and a port for a frontend', async () => {
    const limits = await loadEdited('{ conservative: 1, aggressive: 3 }', '2')
    expect(limits.guardrails.maxUnavailableProxies).toEqual({ conservative: 2, aggressive: 2 })
    const ports = await loadEdited('[shard1, shard2,', '[shard1, { name: shard2, port: 22122 },')
    expect(ports.clusters['us-east-c1']?.proxies.frontends.map(({ port }) => port)).toEqual([
      11211, 22122, 11213, 11214,
    ])
  })

  it('may name the list of addresses that its proxies reject', async () => {
    const listed = await loadEdited(LISTED, '')
    expect(listed.clusters['us-east-c1']?.proxies).not.toHaveProperty('denyList')
    expect(listed.clusters['us-east-c2']?.proxies.denyList).toBe('/etc/haproxy/denied.lst')
  })

  it.each(['#0', '/etc/a b.lst', '/etc/a;b', ''])('may not name the list %j, which is no path', async list => {
    const found = await findings(edited(LISTED, `      deny_list: ${JSON.stringify(list)}\n`))
    expect(found.join('\n')).toContain('must be the path of a list as haproxy.cfg has it after `-f`')
  })

  it('has a hash of its guardrails that only they change', async () => {
    const plain = await loadEdited('guardrails: #', 'guardrails: # other words')
    const other = await loadEdited('aggressive: 5', 'aggressive: 6')
    const elsewhere = await loadEdited('min_healthy: 4', 'min_healthy: 3')
    expect(elsewhere.guardrailsHash).toBe(plain.guardrailsHash)
    expect(other.guardrailsHash).not.toBe(plain.guardrailsHash)
  })

  it('may have every guardrail and an allowlist', async () => {
    const head = shipped.slice(0, shipped.indexOf('  flush:'))
    const loaded =
      await loadText(`${head}  flush: { max_fraction: { conservative: 0.25, aggressive: 1 }, per: 10m }
  filter: { widest: { ipv4: 20, ipv6: 48 }, max_ttl: 4h, default_ttl: 30m }
  commands: [[systemctl, reload], [ss, -s]]
allowlist: { files: [allowlist/customers.txt], max_age: 7d }
`)
    expect(loaded).toMatchObject({
      fleet: {
        guardrails: {
          flush: { maxFraction: { conservative: 0.25, aggressive: 1 }, per: 600_000 },
          filter: { widest: { ipv4: 20, ipv6: 48 }, maxTtl: 14_400_000, defaultTtl: 1_800_000 },
          commands: [
            ['systemctl', 'reload'],
            ['ss', '-s'],
          ],
        },
        allowlist: { files: ['allowlist/customers.txt'], maxAge: 604_800_000 },
      },
    })
  })

  it('may list its targets, with fields of their own, and then needs no region', async () => {
    const listed = shipped
      .replace(/^(account|region):.*\n/gm, '')
      .replaceAll(
        /discover: \{ ec2.*\}$/gm,
        'discover: { static: [{ id: a, ip: 10.0.0.1, sock: /run/a.sock }] }',
      )
      .replace('tcp://{private_ip}:9999', 'unix:{sock}')
      .replaceAll('{private_ip}', '{ip}')
    const loaded = await loadText(listed)
    expect(loaded).toMatchObject({
      fleet: {
        clusters: { 'us-east-c1': { proxies: { discover: { kind: 'static', targets: [{ id: 'a' }] } } } },
      },
    })
  })
})

describe('a mistake in a fleet file is shown where it stands:', () => {
  it.each([
    [
      'an unknown key',
      'min_healthy',
      'min_helthy',
      /:18:7: error\[unknown-key\].*`min_helthy`/,
      'did you mean `min_healthy`?',
    ],
    [
      'an unknown posture',
      'aggressive: 3',
      'agressive: 3',
      /:43:47: .*`agressive`/,
      'did you mean `aggressive`?',
    ],
    [
      'an unknown kind',
      'kind: haproxy',
      'kind: haprox',
      /:7:13: .*must be `haproxy`/,
      'did you mean `haproxy`?',
    ],
    [
      'an unknown field',
      '{private_ip}:9999',
      '{privat_ip}:9999',
      /:9:14: .*\{privat_ip\}/,
      'did you mean `private_ip`?',
    ],
    ['an unquoted account', '"123456789012"', '123456789012', /:2:10: .*must be text/, 'put it in quotes'],
    ['a short account', '"123456789012"', '"1234"', /:2:10: .*12 digits/, ''],
    ['postures swapped', 'conservative: 1', 'conservative: 9', /:43:\d+: .*aggressive limit below/, ''],
    ['a limit that is no number', 'conservative: 1', 'conservative: one', /:43:44: .*a number/, ''],
    [
      'two ways of discovery',
      'ec2: { tags',
      'static: [{ id: a }], ec2: { tags',
      /:8:19: .*one of `ec2` and `static`/,
      '',
    ],
    ['discovery without a tag', '{ role: proxy, cluster: us-east-c1 }', '{}', /:8:\d+: .*must name a tag/, ''],
    ['a frontend twice', 'shard2', 'shard1', /:11:\d+: .*twice/, ''],
    ['a frontend with a command in it', 'shard2', '"a;b"', /:11:\d+: .*letters, digits/, ''],
    [
      'a data address without a port',
      'data: tcp://{private_ip}:11211 #',
      'data: tcp://{private_ip} #',
      /:10:13: .*PORT/,
      '',
    ],
    ['a port out of range', '[shard1,', '[{ name: shard1, port: 70000 },', /:11:\d+: .*65535/, ''],
    ['no region', 'region: us-east-1', '', /:\d+:\d+: .*`region` is missing/, 'discovery through EC2 needs it'],
    ['a cluster that leaves the folder', 'us-east-c1:\n', '../c1:\n', /:5:3: .*letters, digits/, ''],
  ])('%s', async (_, from, to, place, help) => {
    const all = await findings(edited(from, to))
    const found = all.filter(one => place.test(one))
    expect(found, all.join('\n')).toHaveLength(1)
    expect(found[0]).toContain(help)
    // A key that is misspelt is also missing under the name that was meant.
    for (const other of all) if (other !== found[0]) expect(other).toContain('is missing here')
  })

  it.each([
    ['an empty file', '', /file-empty/],
    ['a number', '42', /must be a map/],
    ['a list', '- a', /must be a map/],
    ['a key that reaches into prototypes', '__proto__: {}\nclusters: {}\nguardrails: {}', /__proto__/],
    ['a tag', 'clusters: !x {}', /yaml-tag/],
  ])('%s', async (_, text, message) => {
    expect((await findings(text)).join('\n')).toMatch(message)
  })

  it('a target that lacks what its address needs', async () => {
    const targets = '[{ id: a, private_ip: 10.0.0.1 }, { id: b }]'
    const found = await findings(
      edited('{ ec2: { tags: { role: proxy, cluster: us-east-c1 } } }', `{ static: ${targets} }`),
    )
    expect(found).toHaveLength(1)
    expect(found[0]).toMatch(
      /:8:\d+: .*`clusters.us-east-c1.proxies.discover.static\[1\]` must have `private_ip`/,
    )
  })

  it('a file that is not there, and a folder', async () => {
    expect(await loadFleet(path.join(folder, 'none.yaml'))).toMatchObject({
      diagnostics: [{ rule: 'file-missing' }],
    })
    expect(await loadFleet(folder)).toMatchObject({ diagnostics: [{ rule: 'file-folder' }] })
  })
})

describe('how clients of a cluster are blocked', () => {
  it('is by an ACL with the numbers below 100 and the usual quota, unless it says others', async () => {
    const usual = await loadEdited('', '')
    expect(usual.clusters['us-east-c1']?.networkAcl).toEqual({
      id: 'acl-0abc',
      numbers: { from: 1, to: 99 },
      quota: 20,
    })
    const other = await loadEdited('acl-0abc', '{ id: acl-1, numbers: { from: 30, to: 49 }, quota: 40 }')
    expect(other.clusters['us-east-c1']?.networkAcl).toEqual({
      id: 'acl-1',
      numbers: { from: 30, to: 49 },
      quota: 40,
    })
  })

  it.each([
    [
      'numbers that end before they begin',
      'acl-0abc',
      '{ id: acl-1, numbers: { from: 9, to: 3 } }',
      'must not begin above its end',
    ],
    ['a way that there is not', 'network_acl: acl-0abc', 'filter_by: iptables', 'filter_by'],
    [
      'a health checker that is no address',
      'client_table: clients\n',
      'health_checkers: [lb.example]\n',
      'is no IP address',
    ],
  ])('is not by %s', async (_what, from, to, words) => {
    expect((await findings(edited(from, to))).join('\n')).toContain(words)
  })

  it('never hits who looks after the health of its proxies', async () => {
    const fleet = await loadEdited('client_table: clients\n', 'health_checkers: [10.9.0.7/24]\n')
    expect(fleet.clusters['us-east-c1']?.proxies.healthCheckers).toEqual(['10.9.0.0/24'])
  })
})
