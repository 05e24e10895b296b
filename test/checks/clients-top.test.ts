import { describe, expect, it } from 'vitest'
import { run } from '../../src/checks/clients-top/run.js'
import { fail, ok } from '../../src/domain/result.js'
import { parsePrefix } from '../../src/fleet/addresses/parse-prefix.js'
import type { KnownClient } from '../../src/fleet/client-history.js'
import type { Inventory } from '../../src/fleet/inventory.js'
import type { Look } from '../../src/providers/look.js'
import { fleetOf } from '../fleet/fleets.js'
import { NOBODY } from '../fleet/nobody.js'
import { absentHaproxy } from '../providers/absent-haproxy.js'
import { okOf } from '../providers/wire.js'
import { jumpingClock } from '../runtime/process.js'

const CLUSTER = 'us-east-c1'

/** How many connections each address has at one proxy; or it is silent. */
type Clients = { readonly [address: string]: number } | 'silent'

type Scene = {
  readonly proxies: readonly Clients[]
  /** Connections of one proxy on a calm day. */
  readonly calm?: number
  readonly known?: { readonly [address: string]: number }
  readonly customers?: { readonly [prefix: string]: string }
  readonly table?: string
}

const silence = fail('target.timeout', 'no answer within 3s', 'look')

const scene = ({ proxies, calm, known = {}, customers, table }: Scene) => {
  const clock = jumpingClock()
  const recorded: [string, ReadonlyMap<string, KnownClient>][] = []
  const asked: string[] = []
  const fleet = fleetOf({ kind: 'static', targets: [] })
  const cluster = fleet.clusters[CLUSTER] ?? expect.fail('the fleet has no such cluster')
  const targets = proxies.map((_, index) => ({
    ...{ id: `p${index + 1}`, cluster: CLUSTER, role: 'proxy' as const },
    ...{ admin: `unix:${index}`, data: 'tcp://10.0.0.1:11211', tags: {} },
  }))
  const found: Inventory = { cluster: CLUSTER, role: 'proxy', at: clock.now(), source: 'ec2', targets }
  const entries = Object.entries(customers ?? {}).map(([text, name]) => ({
    prefix: okOf(parsePrefix(text)).prefix,
    name,
    at: 'customers.txt:1',
  }))
  const never = async () => silence
  const look: Look = {
    ...{ clock, posture: 'conservative', ...NOBODY },
    fleet: {
      ...fleet,
      clusters: {
        [CLUSTER]: { ...cluster, proxies: { ...cluster.proxies, ...(table ? { clientTable: table } : {}) } },
      },
    },
    discover: async () => ok(found),
    baselines: {
      read: async () => (calm === undefined ? undefined : { connections: calm, at: clock.now() }),
      record: async () => {},
    },
    clients: {
      read: () =>
        new Map(Object.entries(known).map(([address, connections]) => [address, { connections, at: 1 }])),
      record: (name, seen) => recorded.push([name, seen]),
    },
    ...(customers
      ? { allowlist: async () => ok({ allowlist: { entries, files: [], hash: '' }, stale: [] }) }
      : {}),
    providers: {
      ...{ ec2: never, sts: never, processes: { run: never }, ssh: { run: never }, http: { send: never } },
      nftables: () => ({ look: never, deny: never, allow: never }),
      memcached: () => ({ version: never, stats: never, flushAll: never, setVerbosity: never }),
      haproxy: url => {
        const clients = proxies[Number(url.slice('unix:'.length))] ?? 'silent'
        const all = clients === 'silent' ? [] : Object.entries(clients)
        return {
          ...absentHaproxy(silence),
          sessions: async () => {
            asked.push('sessions')
            if (clients === 'silent') return silence
            return ok(
              all.flatMap(([address, count]) =>
                Array.from({ length: count }, (_, n) => ({
                  id: `0x${n}`,
                  address,
                  port: n,
                  frontend: 'shard1',
                })),
              ),
            )
          },
          table: async name => {
            asked.push(name)
            return ok({
              periods: {},
              clients: all.map(([address, count]) => ({ address, counters: { conn_cur: count, conn_cnt: 9 } })),
            })
          },
        }
      },
    },
  }
  return { look, recorded, asked }
}

const report = (one: Scene, show = 20) => run({ cluster: CLUSTER, show }, scene(one).look)

/** Forty clients in ten networks, each with five connections. */
const CALM = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`10.0.${n % 10}.${n + 1}`, 5]))

describe('clients.top', () => {
  it('passes on a calm day, and remembers who came', async () => {
    const { look, recorded } = scene({ proxies: [CALM, CALM], calm: 200 })
    const { verdict, output, summary } = await run({ cluster: CLUSTER, show: 3 }, look)
    expect(verdict).toBe('pass')
    expect(output).toMatchObject({ total: 400, rise: 0, suspects: [], addresses: { length: 3 } })
    expect(summary).toBe(
      `40 addresses hold 400 connections at 2 proxies of ${CLUSTER}, 0 more than is usual, which is no rise`,
    )
    expect(recorded).toHaveLength(1)
    expect(recorded[0]?.[1].get('10.0.0.1')).toEqual({ connections: 10, at: look.clock.now() })
  })

  it('names the one who holds the rise, over all proxies, and the customer whose it is', async () => {
    const { look, recorded } = scene({
      proxies: [
        { ...CALM, '192.0.2.9': 500 },
        { ...CALM, '192.0.2.9': 300 },
      ],
      calm: 200,
      customers: { '192.0.2.0/24': 'Acme Ltd' },
    })
    const { verdict, output, summary } = await run({ cluster: CLUSTER, show: 20 }, look)
    expect(verdict).toBe('fail')
    expect(output).toMatchObject({ rise: 800, suspects: ['192.0.2.9/32'] })
    expect(output?.addresses[0]).toEqual({
      ...{ prefix: '192.0.2.9/32', connections: 800, addresses: 1, known: 0, names: ['Acme Ltd'] },
      share: 800 / 1_200,
    })
    expect(summary).toContain('99 % of those are of 192.0.2.9/32 (Acme Ltd)')
    expect(recorded).toEqual([])
  })

  it('names a network where it is many addresses of one, and how many of them are known', async () => {
    const flood = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`198.51.100.${n + 1}`, 20]))
    const { output } = await report({
      proxies: [{ ...CALM, ...flood }],
      calm: 200,
      known: { '198.51.100.7': 20, '10.0.0.1': 5 },
    })
    expect(output?.suspects).toEqual(['198.51.100.0/24'])
    expect(output?.networks[0]).toMatchObject({ prefix: '198.51.100.0/24', addresses: 50, known: 1 })
  })

  it('cannot tell where all have more, says that blocking would not help, and remembers nobody', async () => {
    const surge = Object.fromEntries(Object.keys(CALM).map(address => [address, 15]))
    const { look, recorded } = scene({ proxies: [surge], calm: 200 })
    const { verdict, output, summary } = await run({ cluster: CLUSTER, show: 20 }, look)
    expect(verdict).toBe('inconclusive')
    expect(output).toMatchObject({ rise: 400, suspects: [] })
    expect(summary).toContain('no handful of addresses or networks explains it')
    expect(recorded).toEqual([])
  })

  it('cannot tell where a proxy is not seen, calm as the others are', async () => {
    const { verdict, output, summary } = await report({ proxies: [CALM, 'silent'], calm: 200 })
    expect(verdict).toBe('inconclusive')
    expect(output?.unseen).toEqual([{ id: 'p2', reason: 'no answer within 3s' }])
    expect(summary).toContain('not seen: p2')
  })

  it('cannot tell where no calm day is known, unless one stands out', async () => {
    const { look, recorded } = scene({ proxies: [CALM] })
    const calm = await run({ cluster: CLUSTER, show: 20 }, look)
    expect(calm).toMatchObject({
      verdict: 'inconclusive',
      summary: expect.stringContaining('no calm day is known'),
    })
    expect(recorded).toEqual([])
    const { output } = await report({ proxies: [{ ...CALM, '192.0.2.9': 500 }] })
    expect(output?.suspects).toEqual(['192.0.2.9/32'])
  })

  it('is blind where no proxy answers', async () => {
    expect(await report({ proxies: ['silent'] })).toMatchObject({ verdict: 'inconclusive', output: null })
  })

  it('asks the stick table that the fleet file names, in the place of all sessions', async () => {
    const { look, asked } = scene({ proxies: [CALM], calm: 200, table: 'clients' })
    expect(await run({ cluster: CLUSTER, show: 20 }, look)).toMatchObject({ output: { total: 200 } })
    expect(asked).toEqual(['clients'])
  })

  it('tells networks of IPv6 apart by their /48', async () => {
    const flood = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`2001:db8:7:${n}::1`, 40]))
    const { output } = await report({ proxies: [{ ...CALM, ...flood }], calm: 200 })
    expect(output?.suspects).toEqual(['2001:db8:7::/48'])
  })
})
