import { describe, expect, it } from 'vitest'
import { run } from '../../src/checks/proxy-connections/run.js'
import { proxyConnections } from '../../src/checks/proxy-connections/schema.js'
import { fail, ok, type Result } from '../../src/domain/result.js'
import type { Inventory } from '../../src/fleet/inventory.js'
import type { StatRow } from '../../src/providers/contract.js'
import type { Look } from '../../src/providers/look.js'
import { fleetOf } from '../fleet/fleets.js'
import { NOBODY } from '../fleet/nobody.js'
import { absentHaproxy } from '../providers/absent-haproxy.js'
import { absentNftables } from '../providers/absent-nftables.js'
import { jumpingClock } from '../runtime/process.js'

const CLUSTER = 'us-east-c1'
const MINUTE = 60_000

type Answer = number | 'silent' | readonly StatRow[]

const frontend = (sessions: number, more: Partial<StatRow> = {}): StatRow => ({
  proxy: 'shard1',
  server: 'FRONTEND',
  type: 'frontend',
  status: 'OPEN',
  sessions,
  ...more,
})

const statOf = (answer: Answer): Result<StatRow[]> => {
  if (answer === 'silent') return fail('target.timeout', 'no answer within 2s', 'look')
  return ok(typeof answer === 'number' ? [frontend(answer)] : [...answer])
}

type Scene = {
  readonly answers: readonly Answer[]
  readonly baseline?: number
  /** Milliseconds since the baseline was recorded. */
  readonly baselineAge?: number
  readonly inventory?: Partial<Inventory> | ReturnType<typeof fail>
}

/** Proxies p1, p2, … that answer like that; what was recorded as calm. */
const scene = ({ answers, baseline, baselineAge = 0, inventory = {} }: Scene) => {
  const recorded: [string, number][] = []
  const clock = jumpingClock()
  const targets = answers.map((_, index) => ({
    id: `p${index + 1}`,
    cluster: CLUSTER,
    role: 'proxy' as const,
    admin: `unix:${index}`,
    data: 'tcp://10.0.0.1:11211',
    tags: {},
  }))
  const found: Inventory = { cluster: CLUSTER, role: 'proxy', at: clock.now(), source: 'ec2', targets }
  const unused = fail('bug', 'not used here', 'do not')
  const never = async () => unused
  const look: Look = {
    clock,
    fleet: fleetOf({ kind: 'static', targets: [] }),
    discover: async () => ('failure' in inventory ? inventory : ok({ ...found, ...inventory })),
    posture: 'conservative',
    ...NOBODY,
    baselines: {
      read: async () =>
        baseline === undefined ? undefined : { connections: baseline, at: clock.now() - baselineAge },
      record: async (cluster, { connections }) => {
        recorded.push([cluster, connections])
      },
    },
    providers: {
      ec2: never,
      sts: never,
      memcached: () => ({ version: never, stats: never, flushAll: never, setVerbosity: never }),
      nftables: () => absentNftables(unused),
      processes: { run: never },
      ssh: { run: never },
      http: { send: never },
      haproxy: url => ({
        ...absentHaproxy(unused),
        stat: async () => statOf(answers[Number(url.slice('unix:'.length))] ?? 'silent'),
      }),
    },
  }
  return { recorded, look, now: clock.now() }
}

const report = (one: Scene) => run({ cluster: CLUSTER }, scene(one).look)

describe('proxy.connections', () => {
  it('passes where all are seen and none stands out', async () => {
    expect(await report({ answers: [900, 910, 890] })).toMatchObject({
      verdict: 'pass',
      output: { hot: [], unseen: [], worst: [], hot_share: 0, median: 900 },
      summary: `3 proxies of ${CLUSTER} answered, median 900 connections, none stands out`,
    })
  })

  it('fails where one is hot, and names it and why', async () => {
    const { verdict, output, summary } = await report({ answers: [900, 900, 900, 9_000] })
    expect(verdict).toBe('fail')
    expect(output).toMatchObject({ worst: ['p4'], hot_share: 0.25 })
    expect(output!.hot).toEqual([{ id: 'p4', connections: 9_000, because: '10.0 times the median' }])
    expect(summary).toContain('p4 has 9000 connections (10.0 times the median)')
  })

  it('never counts one that is not seen as fine', async () => {
    const { verdict, output, summary } = await report({ answers: [900, 'silent', 900] })
    expect(verdict).toBe('fail')
    expect(output!.unseen).toEqual([{ id: 'p2', reason: 'no answer within 2s' }])
    expect(output!.proxies.map(({ id }) => id)).toEqual(['p1', 'p3'])
    expect(output!.worst).toEqual(['p2'])
    expect(summary).toContain('p2 is not seen (no answer within 2s)')
  })

  it('looks at the hottest before one that is not seen', async () => {
    const { output } = await report({ answers: ['silent', 900, 900, 9_000, 900] })
    expect(output!.worst).toEqual(['p4'])
    expect(output!.hot_share).toBe(0.25)
  })

  it('cannot tell where none answers', async () => {
    const { verdict, output, summary } = await report({ answers: ['silent', 'silent'] })
    expect(verdict).toBe('inconclusive')
    expect(output!.unseen).toHaveLength(2)
    expect(summary).toContain(`none of 2 proxies of ${CLUSTER} answered`)
  })

  it('cannot tell where no proxy is found: an empty answer is no good news', async () => {
    expect(await report({ answers: [] })).toMatchObject({ verdict: 'inconclusive', output: null })
  })

  it('cannot tell where discovery fails, and says why', async () => {
    const failed = fail('discovery.failed', 'EC2 cannot be asked', 'mend it')
    expect(await report({ answers: [900], inventory: failed })).toMatchObject({
      verdict: 'inconclusive',
      summary: 'EC2 cannot be asked',
      failure: { code: 'discovery.failed' },
    })
  })

  it('cannot tell of a cluster that the fleet does not have', async () => {
    const { look } = scene({ answers: [900] })
    expect(await run({ cluster: 'elsewhere' }, look)).toMatchObject({ verdict: 'inconclusive' })
  })

  it('says how old a saved inventory is, whatever it found', async () => {
    const { now } = scene({ answers: [] })
    const inventory = { source: 'saved', at: now - 42 * MINUTE, because: 'EC2 does not answer' } as const
    for (const answers of [[900, 900], [900, 900, 900, 9_000], ['silent']] as const)
      expect((await report({ answers, inventory })).summary).toContain(
        '[inventory of 42m ago: EC2 does not answer]',
      )
    expect((await report({ answers: [900] })).summary).not.toContain('inventory')
  })

  it('remembers what was calm, and only that', async () => {
    const recordedBy = async (one: Scene) => {
      const { look, recorded } = scene(one)
      await run({ cluster: CLUSTER }, look)
      return recorded
    }
    expect(await recordedBy({ answers: [900, 910, 890] })).toEqual([[CLUSTER, 900]])
    expect(await recordedBy({ answers: [900, 900, 900, 9_000] })).toEqual([])
    expect(await recordedBy({ answers: [900, 'silent'] })).toEqual([])
    expect(await recordedBy({ answers: ['silent'] })).toEqual([])
    expect(await recordedBy({ answers: [2_000, 2_000], baseline: 900 })).toEqual([])
  })

  it('does not let an even surge that grows slowly pass for calm', async () => {
    let baseline: number | undefined
    const verdicts: string[] = []
    for (let load = 400; load < 3_000; load *= 1.2) {
      const { look, recorded } = scene({
        answers: Array(6).fill(Math.round(load)),
        ...(baseline ? { baseline } : {}),
      })
      verdicts.push((await run({ cluster: CLUSTER }, look)).verdict)
      baseline = recorded[0]?.[1] ?? baseline
    }
    expect(baseline).toBe(400)
    // 1.2 to the fourth is 2.07: the fifth look is the first that sees twice the calm baseline.
    expect(verdicts.slice(0, 5)).toEqual(['pass', 'pass', 'pass', 'pass', 'fail'])
    expect(new Set(verdicts.slice(4))).toEqual(new Set(['fail']))
  })

  it('follows the seasons: after a day, where the day looks like the last one', async () => {
    const recordedBy = async (answers: readonly number[], baselineAge: number) => {
      const { look, recorded } = scene({ answers: [...answers], baseline: 900, baselineAge })
      await run({ cluster: CLUSTER }, look)
      return recorded
    }
    const DAY = 24 * 60 * MINUTE
    expect(await recordedBy([1_000, 1_000], DAY)).toEqual([[CLUSTER, 1_000]])
    expect(await recordedBy([1_000, 1_000], DAY - 1)).toEqual([])
    expect(await recordedBy([1_300, 1_300], DAY)).toEqual([])
    expect(await recordedBy([600, 600], DAY)).toEqual([])
  })

  it('fails at an even surge above the baseline', async () => {
    const { verdict, output } = await report({ answers: [2_000, 2_000], baseline: 900 })
    expect(verdict).toBe('fail')
    expect(output!.hot_share).toBe(1)
  })

  it('adds up the frontends of the fleet file, and no others, no servers and no backends', async () => {
    const rows: StatRow[] = [
      frontend(100),
      frontend(7_000, { proxy: 'stats' }),
      frontend(5_000, { type: 'backend', server: 'BACKEND' }),
      frontend(3_000, { type: 'server', server: 's1' }),
    ]
    expect((await report({ answers: [rows] })).output!.proxies).toEqual([{ id: 'p1', connections: 100 }])
  })

  it('is hot by its fullest frontend, not by the sum', async () => {
    const { fleet } = scene({ answers: [] }).look
    const cluster = fleet.clusters[CLUSTER]!
    const frontends = [
      { name: 'shard1', port: 11_211 },
      { name: 'shard2', port: 11_212 },
    ]
    const rows = [frontend(850, { limit: 1_000 }), frontend(10, { proxy: 'shard2', limit: 1_000 })]
    const { look } = scene({ answers: [rows] })
    const clusters = { [CLUSTER]: { ...cluster, proxies: { ...cluster.proxies, frontends } } }
    const { output } = await run({ cluster: CLUSTER }, { ...look, fleet: { ...fleet, clusters } })
    expect(output!.hot).toMatchObject([{ id: 'p1', limit: 2_000, because: '85 % of its limit' }])
  })

  it('gives what its schema promises', async () => {
    for (const answers of [[900, 'silent', 9_000, 900], ['silent']] as const) {
      const { output } = await report({ answers })
      expect(proxyConnections.output.parse(output)).toEqual(output)
    }
  })
})
