import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { scoreDrill } from '../../src/drill/score.js'
import { applyChange } from '../../src/drill/world/apply.js'
import type { Change } from '../../src/drill/world/change.js'
import { addressOf, instancesOf } from '../../src/drill/world/instances.js'
import type { World } from '../../src/drill/world/world.js'
import { CUSTOMER, floodScenario, innocentOf, NETWORK } from './flooded.js'
import { calmScenario, EPOCH, worldOf } from './story.js'

const MINUTE = 60_000
const proxies = (world: World) => instancesOf(world, 'us-east-c1', 'proxy')
const victim = (world: World) => world.faults[0]!.instance
const healthy = (world: World) => proxies(world).find(proxy => proxy.id !== victim(world))!.id
const at = (world: World, minutes: number) => EPOCH + minutes * MINUTE + world.changes

/** A new proxy, its id, and what a run of a runbook marks it with. */
const launch = (world: World, minutes: number): { world: World; id: string } => {
  const id = `i-${String(world.changes).padStart(17, '0')}`
  const change: Change = {
    at: at(world, minutes),
    endpoint: 'ec2',
    operation: 'RunInstances',
    args: {
      cluster: 'us-east-c1',
      subnet: 'subnet-a1',
      instanceType: 'c7i.large',
      parameters: '',
      tags: { 'firebreak:incident': 'drill-1' },
    },
    result: { reservation: 'r-1', instances: [{ id, privateIp: `10.0.1.${100 + world.changes}` }] },
  }
  return { world: applyChange(world, change), id }
}

const move = (world: World, from: string, to: string, minutes: number): World =>
  applyChange(world, {
    at: at(world, minutes),
    endpoint: 'ec2',
    operation: 'AssociateAddress',
    args: { allocationId: addressOf(world, from, at(world, minutes))!.allocationId, instance: to },
    result: { associationId: `eipassoc-${world.changes}` },
  })

const tag = (world: World, id: string, tags: Record<string, string>, minutes: number): World =>
  applyChange(world, {
    at: at(world, minutes),
    endpoint: 'ec2',
    operation: 'CreateTags',
    args: { resources: [id], tags },
    result: null,
  })

/** Launched at `minutes`, serving a minute later, and the address moved to it then; the old one is parked. */
const replace = (world: World, id: string, minutes: number): World => {
  const launched = launch(world, minutes)
  const moved = move(launched.world, id, launched.id, minutes + 1)
  return tag(moved, id, { 'firebreak:incident': 'drill-1', 'firebreak:state': 'parked' }, minutes + 1)
}

const score = (world: World, minutes: number, outcome: 'resolved' | 'unresolved' | 'aborted') =>
  scoreDrill(world, { startedAt: EPOCH, endedAt: EPOCH + minutes * MINUTE, outcome })

describe('the score', () => {
  it('is 100 for the faulted proxy replaced in time, and nothing else', () => {
    const before = worldOf(2)
    const {
      score: points,
      measures,
      deductions,
      faulted,
    } = score(replace(before, victim(before), 1), 6, 'resolved')
    expect(deductions).toEqual([])
    expect(points).toBe(100)
    expect(measures).toMatchObject({
      faulted_replaced: 1,
      healthy_replaced: 0,
      instances_launched: 1,
      instances_leaked: 0,
      legit_clients_blocked: 0,
      minutes: 6,
    })
    // moved after two minutes; the clients are back within one more
    expect(measures.seconds_to_relief).toBeGreaterThan(120)
    expect(measures.seconds_to_relief).toBeLessThanOrEqual(181)
    expect(measures.connections_cut).toBeGreaterThan(400 * 3)
    expect(faulted).toEqual([{ kind: 'hot-host', instance: victim(before) }])
  })

  it('is the worse, the longer relief took', () => {
    const before = worldOf(2)
    const points = [1, 6, 12].map(
      minutes => score(replace(before, victim(before), minutes), 20, 'resolved').score,
    )
    expect(points[0]).toBe(100)
    expect(points[1]).toBeLessThan(points[0]!)
    expect(points[2]).toBeLessThan(points[1]!)
  })

  it('of doing nothing is far below that of the fix, however the incident is ended and whenever', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 0, max: 30 }), (seed, minutes) => {
        const before = worldOf(seed)
        const fixed = score(replace(before, victim(before), 1), 8, 'resolved').score
        const [unresolved, aborted, resolved] = (['unresolved', 'aborted', 'resolved'] as const).map(outcome =>
          score(before, minutes, outcome),
        )
        expect(fixed).toBeGreaterThanOrEqual(90)
        expect(unresolved!.score).toBeLessThan(fixed - 50)
        expect(aborted!.score).toBe(unresolved!.score)
        expect(resolved!.score).toBeLessThan(unresolved!.score)
        expect(resolved!.measures.seconds_to_relief).toBeNull()
      }),
      { numRuns: 40 },
    )
  })

  it('falls with every healthy proxy replaced', () => {
    const before = worldOf(2)
    const right = replace(before, victim(before), 1)
    const needless = replace(right, healthy(before), 3)
    const { score: points, measures } = score(needless, 8, 'resolved')
    expect(measures).toMatchObject({ faulted_replaced: 1, healthy_replaced: 1, instances_launched: 2 })
    expect(points).toBeLessThan(score(right, 8, 'resolved').score)
  })

  it('of replacing only a healthy one is below that of doing nothing', () => {
    const before = worldOf(2)
    const wrong = score(replace(before, healthy(before), 1), 8, 'unresolved')
    expect(wrong.measures).toMatchObject({ faulted_replaced: 0, healthy_replaced: 1 })
    expect(wrong.score).toBeLessThan(score(before, 8, 'unresolved').score + 1)
  })

  it('falls with an instance launched and forgotten, not with one parked', () => {
    const before = worldOf(2)
    const right = replace(before, victim(before), 1)
    const forgotten = launch(right, 3)
    const leaked = score(forgotten.world, 8, 'resolved')
    expect(leaked.measures.instances_leaked).toBe(1)
    expect(leaked.score).toBeLessThan(100)
    const parked = tag(forgotten.world, forgotten.id, { 'firebreak:state': 'parked' }, 3)
    expect(score(parked, 8, 'resolved').measures.instances_leaked).toBe(0)
  })

  it('counts a replacement that was undone as none, and its fault as live', () => {
    const before = worldOf(2)
    const launched = launch(before, 1)
    const moved = move(launched.world, victim(before), launched.id, 2)
    const undone = move(moved, launched.id, victim(before), 4)
    const { measures, deductions } = score(undone, 10, 'unresolved')
    expect(measures).toMatchObject({ faulted_replaced: 0, healthy_replaced: 0, instances_leaked: 1 })
    expect(deductions.map(({ reason }) => reason)).toContain(
      `the faulted ${victim(before)} still carries clients`,
    )
  })

  it('falls with every client who does nothing wrong and was kept out, however shortly', () => {
    const before = worldOf(2, floodScenario())
    const { id } = proxies(before)[0]!
    const turned = (world: World, operation: 'add acl' | 'del acl', pattern: string, minutes: number): World =>
      applyChange(world, {
        ...{ at: at(world, minutes), endpoint: 'haproxy', operation },
        ...{ args: { instance: id, pattern }, result: null },
      })
    const without = score(before, 8, 'unresolved')
    expect(without.measures.legit_clients_blocked).toBe(0)
    const one = score(turned(turned(before, 'add acl', CUSTOMER, 2), 'del acl', CUSTOMER, 3), 8, 'unresolved')
    expect(one.measures.legit_clients_blocked).toBe(1)
    expect(one.deductions).toContainEqual({
      reason: '1 client who does nothing wrong kept out by a filter',
      points: 10,
    })
    expect(one.score).toBe(without.score - 10)
    const all = score(turned(before, 'add acl', NETWORK, 2), 8, 'unresolved')
    expect(all.measures.legit_clients_blocked).toBe(innocentOf(before).length)
    expect(all.score).toBeLessThan(one.score)
    const everybody = score(turned(before, 'add acl', '0.0.0.0/0', 2), 8, 'unresolved')
    expect(everybody.measures.legit_clients_blocked).toBeGreaterThan(500)
    expect(everybody.deductions.map(({ points }) => points)).toContain(40)
  })

  it('does not count a rule before the alert, after the end, or at a proxy that clients have left', () => {
    const before = worldOf(2, floodScenario())
    const { id } = proxies(before)[0]!
    const listed = (world: World, minutes: number): World =>
      applyChange(world, {
        ...{ at: EPOCH + minutes * MINUTE, endpoint: 'haproxy', operation: 'add acl' },
        ...{ args: { instance: id, pattern: NETWORK }, result: null },
      })
    const blocked = (world: World): number => score(world, 8, 'resolved').measures.legit_clients_blocked
    expect(blocked(listed(before, 9))).toBe(0)
    expect(blocked(listed(replace(before, id, 1), 4))).toBe(0)
    expect(blocked(listed(before, 4))).toBe(innocentOf(before).length)
  })

  it('of a false alarm that nobody acted on is full', () => {
    const { score: points, measures } = score(worldOf(2, calmScenario), 3, 'resolved')
    expect(points).toBe(100)
    expect(measures).toMatchObject({ seconds_to_relief: 0, customer_seconds_hurt: 0 })
  })

  it('is 100 minus its deductions, never below 0, and JSON', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 0, max: 20 }), (seed, minutes) => {
        const result = score(worldOf(seed), minutes, 'resolved')
        const lost = result.deductions.reduce((sum, { points }) => sum + points, 0)
        expect(result.score).toBe(Math.max(0, 100 - lost))
        expect(JSON.parse(JSON.stringify(result))).toEqual(result)
      }),
      { numRuns: 20 },
    )
  })
})
