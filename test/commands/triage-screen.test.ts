import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ClusterView, ProxyView, Triage } from '../../src/commands/triage/contract.js'
import { screen, type View } from '../../src/commands/triage/screen.js'

const calm = (id: string, connections: number, more: Partial<ProxyView> = {}): ProxyView => ({
  id,
  state: 'calm',
  connections,
  ...more,
})
const hot = (id: string, connections: number, more: Partial<ProxyView> = {}): ProxyView => ({
  id,
  state: 'hot',
  connections,
  why: '9.0 times the median',
  ...more,
})
const unseen = (id: string, more: Partial<ProxyView> = {}): ProxyView => ({
  id,
  state: 'unseen',
  why: 'tcp://10.0.0.9:9999 did not answer within 3s.',
  ...more,
})

const cluster = (
  name: string,
  proxies: readonly ProxyView[],
  more: Partial<ClusterView> = {},
): ClusterView => ({
  cluster: name,
  state: proxies.find(({ state }) => state !== 'calm')?.state ?? 'calm',
  summary: '',
  proxies,
  ...more,
})

const AT = Date.UTC(2026, 10, 23, 4, 12, 9)
const PLAIN: View = { paint: (_, text) => text, width: 80, ascii: true }
const ofClusters = (clusters: readonly ClusterView[], warnings: readonly string[] = []): Triage => ({
  at: AT,
  fleet: 'fleet.yaml',
  warnings,
  clusters,
})

const linesOf = (clusters: readonly ClusterView[], view: Partial<View> = {}) =>
  screen(ofClusters(clusters), { ...PLAIN, ...view }).split('\n')

/** Cells of the bar in the line of that proxy. */
const barIn = (lines: readonly string[], id: string): number =>
  /#+/.exec(lines.find(line => line.includes(id)) ?? '')?.[0].length ?? 0

describe('the screen of triage', () => {
  it('draws all bars of all clusters to one scale, from nothing', () => {
    const lines = linesOf([
      cluster('c1', [hot('p1', 4_000), calm('p2', 2_000), calm('p3', 0)]),
      cluster('c2', [calm('p4', 1_000)]),
    ])
    const full = barIn(lines, 'p1')
    expect(full).toBeGreaterThanOrEqual(8)
    expect(barIn(lines, 'p2')).toBe(Math.round(full / 2))
    expect(barIn(lines, 'p3')).toBe(0)
    expect(barIn(lines, 'p4')).toBe(Math.round(full / 4))
    expect(lines.at(-1)).toContain('4000')
  })

  it('has the number and the limit beside each bar, and says in words what is wrong', () => {
    const lines = linesOf([cluster('c1', [hot('p1', 3_656, { limit: 8_000 }), unseen('p2')])])
    expect(lines.find(line => line.includes('p1'))).toMatch(/HOT .*3656\/8000 .*9\.0 times the median$/)
    expect(lines.find(line => line.includes('p2'))).toMatch(/UNSEEN .*did not answer within 3s/)
  })

  it('tells the worst cluster first, and a calm one last', () => {
    const lines = linesOf([
      cluster('fine', [calm('p1', 1)]),
      cluster('blind', [], { state: 'unknown', summary: 'EC2 cannot be asked' }),
      cluster('gone', [unseen('p2')]),
      cluster('busy', [hot('p3', 9)]),
    ])
    const heads = lines.flatMap(line => /^(fine|blind|gone|busy) /.exec(line)?.[1] ?? [])
    expect(heads).toEqual(['busy', 'gone', 'blind', 'fine'])
  })

  it('says why a cluster is unknown and what to do, and never drops it', () => {
    const text = linesOf([
      cluster('blind', [], { state: 'unknown', summary: 'EC2 cannot be asked', next: 'Mend it.' }),
    ]).join('\n')
    expect(text).toMatch(/blind {2}UNKNOWN {2}EC2 cannot be asked/)
    expect(text).toContain('next: Mend it.')
  })

  it('says how old an inventory is that could not be made afresh, and why only once', () => {
    const inventory = { at: AT - 42 * 60_000, source: 'saved', because: 'EC2 did not answer.' } as const
    const text = linesOf([
      cluster('c1', [calm('p1', 1)], { inventory }),
      cluster('c2', [calm('p2', 1)], { inventory }),
    ]).join('\n')
    expect(text.match(/\(inventory of 42m ago\)/g)).toHaveLength(2)
    expect(text.match(/EC2 did not answer\./g)).toHaveLength(1)
  })

  it('names a zone where all that is wrong stands in one of several', () => {
    const here = { zone: 'us-east-1a' }
    const there = { zone: 'us-east-1b' }
    const head = (proxies: readonly ProxyView[]) => linesOf([cluster('c1', proxies)])[2]
    expect(head([hot('p1', 9, here), unseen('p2', here), calm('p3', 1, there)])).toContain('all in us-east-1a')
    expect(head([hot('p1', 9, here), unseen('p2', there), calm('p3', 1, there)])).not.toContain('us-east')
    expect(head([hot('p1', 9, here), calm('p3', 1, here)])).not.toContain('us-east')
  })

  it('tells calm proxies together where there is no room, with their spread', () => {
    const many = Array.from({ length: 40 }, (_, index) => calm(`p${index}`, 400 + index))
    const lines = linesOf([cluster('c1', [hot('bad', 9_000), ...many])], { rows: 23 })
    expect(lines.length).toBeLessThanOrEqual(23)
    expect(lines.join('\n')).toMatch(/HOT {5}bad/)
    expect(lines.join('\n')).toMatch(/… \d+ more, all calm: \d+ to \d+/)
  })

  it('tells calm clusters together where there is no room', () => {
    const calmOnes = Array.from({ length: 50 }, (_, index) => cluster(`fine${index}`, [calm(`p${index}`, 1)]))
    const lines = linesOf([...calmOnes, cluster('busy', [hot('bad', 9)])], { rows: 23 })
    expect(lines.length).toBeLessThanOrEqual(23)
    expect(lines).toContain('… 50 more clusters, all calm: 50 proxies, 1 to 1')
  })

  it('is as long as it needs to be where nobody looks at a terminal', () => {
    const many = Array.from({ length: 100 }, (_, index) => calm(`proxy-${index}-`, 1))
    const text = linesOf([cluster('c1', many)]).join('\n')
    for (const { id } of many) expect(text).toContain(id)
  })

  const proxy = fc.tuple(fc.constantFrom('calm', 'hot', 'unseen'), fc.nat(50_000)).map(
    ([state, connections]) =>
      (index: string): ProxyView =>
        state === 'unseen'
          ? unseen(`i-${index}`)
          : state === 'hot'
            ? hot(`i-${index}`, connections)
            : calm(`i-${index}`, connections),
  )
  const fleets = fc
    .array(fc.array(proxy, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 40 })
    .map(all =>
      all.map((proxies, at) =>
        cluster(
          `c${at}x`,
          proxies.map((make, index) => make(`${at}-${index}x`)),
        ),
      ),
    )

  it('fits an 80x24 terminal whenever a line for each cluster in trouble does, and drops none of these', () => {
    void fc.assert(
      fc.property(fleets, clusters => {
        const lines = linesOf(clusters, { rows: 23 })
        const text = lines.join('\n')
        const bad = clusters.filter(({ state }) => state !== 'calm')
        for (const one of bad) expect(text).toContain(`${one.cluster}  `)
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(80)
        if (bad.length <= 18) expect(lines.length).toBeLessThanOrEqual(23)
      }),
    )
  })
})
