import { describe, expect, it } from 'vitest'
import { FILTER_OPS } from '../../src/actions/ip-filter/ops/ops.js'
import type { JsonObject } from '../../src/domain/json.js'
import { fail } from '../../src/domain/result.js'
import type { FilterPlace, StandingFilter } from '../../src/fleet/filters/filter.js'
import { failureOf, okOf } from '../engine/results.js'
import { CLUSTER, type Gate, handsFor, newGate } from './filters.js'
import { hostAt, listAt, SCOPE, standing } from './standing.js'

const NOW = 1_800_000_000_000 // where the clock of these tests stands
const MINUTE = 60_000
const HOST = hostAt('p1', 'ssh://root@10.0.0.1:22')
const OTHER_HOST = hostAt('p2', 'ssh://root@10.0.0.2:22')
const API = listAt('p1', 'tcp://10.0.0.1:9999')
const [A, B, C] = ['203.0.113.0/25', '203.0.113.128/25', '198.51.100.7/32']

const denying = (place: FilterPlace, prefixes: readonly string[], time: JsonObject): JsonObject => ({
  ...{ filter: 'f-1', cluster: CLUSTER, place, scope: SCOPE, prefixes: [...prefixes] },
  ...time,
})
const gateWith = (...filters: readonly StandingFilter[]): Gate => ({ ...newGate(), standing: [...filters] })
const deny = (gate: Gate, ...args: Parameters<typeof denying>) =>
  FILTER_OPS.deny.effect(denying(...args), 'token-1', handsFor(gate))
const ours = ({ standing: records }: Gate) => records.filter(({ incident }) => incident === 'i-test')

describe('putting a filter up', () => {
  it('is for its time from now, or for what is left of another one', async () => {
    const gate = gateWith(standing('f-1', OTHER_HOST, NOW + 12 * MINUTE, B))
    const first = okOf(await deny(gate, HOST, [A], { ttl: 30 * MINUTE }))
    expect(first).toMatchObject({ denied: [A], until: NOW + 30 * MINUTE })
    const second = okOf(await deny(gate, HOST, [B], { until: NOW + 12 * MINUTE }))
    expect(second).toEqual({ denied: [B], until: NOW + 12 * MINUTE, told: '1 denied for 12m' })
    expect(gate.sent).toEqual([`p1 nft deny ${A} 1800s`, `p1 nft deny ${B} 720s`])
    // One filter has one record there, which lasts as long as the last of it.
    expect(ours(gate)).toMatchObject([{ place: HOST, prefixes: [A, B], until: NOW + 30 * MINUTE }])
  })

  it.each([HOST, API])('is not done once its time is over', async place => {
    const gate = gateWith()
    const done = okOf(await deny(gate, place, [A], { until: NOW }))
    expect(done).toMatchObject({ denied: [], told: 'its time is over: it was not put up' })
    expect([gate.sent, gate.standing]).toEqual([[], []])
    const { undo } = FILTER_OPS.deny
    expect(typeof undo === 'string' ? undo : undo(denying(place, [A], { until: NOW }), done)).toEqual([])
  })

  const own = { ...standing('f-1', HOST, NOW + 60 * MINUTE, A), incident: 'i-test' }
  it.each([
    ['everywhere', []],
    ['at all others, and it was in doubt here', [own]],
    ['at this cluster', [{ ...standing('f-1', API, NOW + 60 * MINUTE, A), cluster: 'us-east-c2' }]],
  ])('is not done where somebody has taken it away meanwhile %s', async (_what, left) => {
    const gate = gateWith(...left)
    const done = okOf(await deny(gate, HOST, [A], { until: NOW + 60 * MINUTE }))
    expect(done).toMatchObject({ denied: [], told: expect.stringContaining('taken away everywhere else') })
    expect(gate.sent).toEqual([])
  })

  it.each([{}, { ttl: MINUTE, until: NOW + MINUTE }])('takes a time or an end, and not %j', async time => {
    expect(() => deny(gateWith(), HOST, [A], time)).toThrow('must have `ttl` or `until`')
  })
})

describe('an entry that another filter wants too', () => {
  const hour = standing('f-2', HOST, NOW + 60 * MINUTE, B, C)

  it('is never cut short: each is put up for the longest of all, what others want for longer first', async () => {
    const gate = gateWith(hour)
    const done = okOf(await deny(gate, HOST, [A, B], { ttl: 10 * MINUTE }))
    expect(gate.sent).toEqual([`p1 nft deny ${B} 3600s`, `p1 nft deny ${A} 600s`])
    expect(done).toEqual({
      denied: [A, B],
      until: NOW + 10 * MINUTE,
      told: `2 denied for 10m; ${B} stays for longer: another filter wants it`,
    })
    expect(gate.standing.map(({ until }) => until)).toEqual([NOW + 60 * MINUTE, NOW + 10 * MINUTE])
  })

  it('gets the longer time where this one brings it', async () => {
    const gate = gateWith(hour)
    okOf(await deny(gate, HOST, [B], { ttl: 90 * MINUTE }))
    expect(gate.sent).toEqual([`p1 nft deny ${B} 5400s`])
  })

  it.each([
    ['whose time is over', standing('f-2', HOST, NOW, B)],
    ['at another host', standing('f-2', OTHER_HOST, NOW + 60 * MINUTE, B)],
    ['of other ports', { ...hour, scope: { ...SCOPE, ports: { from: 80, to: 80 } } }],
  ])('is not held by one %s', async (_what, other) => {
    const gate = gateWith(other)
    okOf(await deny(gate, HOST, [B], { ttl: 10 * MINUTE }))
    expect(gate.sent).toEqual([`p1 nft deny ${B} 600s`])
  })

  it('stands on where what comes after it fails, and nothing of this one is left', async () => {
    const gate = gateWith(hour)
    gate.failing.set(`p1 nft deny ${A} 600s`, fail('target.rejected', 'no room', 'look'))
    expect(failureOf(await deny(gate, HOST, [A, B], { ttl: 10 * MINUTE })).code).toBe('target.rejected')
    expect(gate.hosts.get('p1')).toMatchObject([{ prefix: B, timeout: 3_600 }])
    expect(gate.standing).toEqual([hour])
  })

  it('says nothing of whether this one was put up, where that is in doubt', async () => {
    const gate = gateWith(hour)
    const probe = () =>
      FILTER_OPS.deny.probe(denying(HOST, [A, B], { ttl: 10 * MINUTE }), 'token-1', handsFor(gate))
    const entry = (prefix: string) => ({ scope: SCOPE, prefix, inForce: true })
    gate.hosts.set('p1', [entry(B)])
    expect(await probe()).toMatchObject({ state: 'not-done' })
    gate.hosts.set('p1', [entry(B), entry(A)])
    expect(await probe()).toMatchObject({ state: 'done', result: { denied: [A, B] } })
  })
})

describe('the same filter, put up once more', () => {
  const earlier = { ...standing('f-1', API, NOW + 5 * MINUTE, A), incident: 'i-test' }

  it('stays ours, with the new time', async () => {
    const gate = gateWith(earlier)
    gate.lists.set('p1', [A])
    const done = okOf(await deny(gate, API, [A], { ttl: 30 * MINUTE }))
    expect(done).toMatchObject({ denied: [A], told: '1 denied for 30m' })
    expect(gate.standing).toEqual([{ ...earlier, until: NOW + 30 * MINUTE }])
  })

  it('is in the register as before where that fails', async () => {
    const gate = gateWith(earlier)
    gate.failing.set(`p1 deny ${A}`, fail('target.refused', 'nobody listens', 'look'))
    failureOf(await deny(gate, API, [A, B], { ttl: 30 * MINUTE }))
    expect(gate.standing).toEqual([earlier])
  })
})
