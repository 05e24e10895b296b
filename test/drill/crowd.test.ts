import { describe, expect, it } from 'vitest'
import type { Scenario } from '../../src/drill/scenario.js'
import { scoreDrill } from '../../src/drill/score.js'
import { applyChange } from '../../src/drill/world/apply.js'
import type { Change } from '../../src/drill/world/change.js'
import { createWorld } from '../../src/drill/world/create.js'
import { allClients, clientsHurt } from '../../src/drill/world/harm.js'
import { instancesOf } from '../../src/drill/world/instances.js'
import { loadOf } from '../../src/drill/world/load.js'
import type { World } from '../../src/drill/world/world.js'
import type { Fleet } from '../../src/fleet/fleet.js'
import { calmScenario, EPOCH, fleet } from './story.js'

const MINUTE = 60_000
const CLUSTER = 'us-east-c1'

/** The same fleet, whose clients find the proxies by themselves. */
const crowdFleet: Fleet = {
  ...fleet,
  clusters: Object.fromEntries(
    Object.entries(fleet.clusters).map(([name, cluster]) => [
      name,
      { ...cluster, proxies: { ...cluster.proxies, address: 'none' as const } },
    ]),
  ),
}

const worldWith = (faults: Scenario['faults'] = []): World =>
  createWorld({ seed: 1, scenario: { ...calmScenario, faults }, fleet: crowdFleet, epoch: EPOCH })

const surge = (more: { lasts?: number } = {}): Scenario['faults'][number] => ({
  kind: 'surge',
  cluster: CLUSTER,
  begins: { from: 0, to: 0 },
  factor: { from: 5, to: 5 },
  ramp: { from: MINUTE, to: MINUTE },
  ...more,
})

const proxiesOf = (world: World) => instancesOf(world, CLUSTER, 'proxy')

/** How many times its calm connections each proxy carries on its first frontend. */
const loads = (world: World, t: number) => proxiesOf(world).map(proxy => loadOf(world, proxy, 'shard1', t))

const tagged = (at: number, id: string, state: string): Change => ({
  at,
  endpoint: 'ec2',
  operation: 'CreateTags',
  args: { resources: [id], tags: { 'firebreak:state': state } },
  result: null,
})

const launched = (at: number, id: string): Change => ({
  at,
  endpoint: 'ec2',
  operation: 'RunInstances',
  args: {
    cluster: CLUSTER,
    subnet: 'subnet-a1',
    instanceType: 'c7i.large',
    parameters: '{}',
    tags: { 'firebreak:state': 'launching', 'firebreak:incident': 'drill-1' },
  },
  result: { reservation: 'r-1', instances: [{ id, privateIp: '10.0.1.240' }] },
})

const NEW = 'i-00000000000000001'

describe('clients that no address leads', () => {
  it('spread evenly over the proxies, and nobody is hurt on a calm day', () => {
    const world = worldWith()
    expect(allClients(world)).toBe(6 * 400)
    expect(loads(world, EPOCH)).toEqual([1, 1, 1, 1, 1, 1])
    expect(clientsHurt(world, EPOCH)).toBe(0)
  })

  it('come to a new proxy once it is in service and answers, and all others carry less', () => {
    const begun = applyChange(worldWith(), launched(EPOCH, NEW))
    expect(loads(begun, EPOCH + 5 * MINUTE)).toEqual([1, 1, 1, 1, 1, 1, 0])
    const world = applyChange(begun, tagged(EPOCH + 5 * MINUTE, NEW, 'in-service'))
    const settled = loads(world, EPOCH + 8 * MINUTE)
    expect(settled).toHaveLength(7)
    for (const load of settled) expect(load).toBeCloseTo(6 / 7)
  })

  it('go to the others when one is taken out of service, which then carry more', () => {
    const world = worldWith()
    const [first] = proxiesOf(world)
    const after = applyChange(world, tagged(EPOCH + MINUTE, first!.id, 'parked'))
    const [gone, ...others] = loads(after, EPOCH + 2 * MINUTE)
    expect(gone).toBe(0)
    for (const load of others) expect(load).toBeCloseTo(6 / 5)
    expect(clientsHurt(after, EPOCH + 2 * MINUTE)).toBeGreaterThan(0)
  })

  it('are seen as before at every moment before a change', () => {
    const world = worldWith()
    const [first] = proxiesOf(world)
    const after = applyChange(world, tagged(EPOCH + MINUTE, first!.id, 'parked'))
    expect(loads(after, EPOCH + 30_000)).toEqual(loads(world, EPOCH + 30_000))
  })
})

describe('a surge', () => {
  it('makes every proxy carry more, comes up over its ramp and stays', () => {
    const world = worldWith([surge()])
    expect(loads(world, EPOCH)).toEqual([1, 1, 1, 1, 1, 1])
    for (const load of loads(world, EPOCH + MINUTE / 2)) expect(load).toBeCloseTo(3)
    for (const load of loads(world, EPOCH + 60 * MINUTE)) expect(load).toBeCloseTo(5)
    expect(clientsHurt(world, EPOCH + 60 * MINUTE)).toBeGreaterThan(0)
  })

  it('goes away over its ramp where it has an end', () => {
    const world = worldWith([surge({ lasts: 10 * MINUTE })])
    for (const load of loads(world, EPOCH + 10.5 * MINUTE)) expect(load).toBeCloseTo(3)
    expect(loads(world, EPOCH + 11 * MINUTE)).toEqual([1, 1, 1, 1, 1, 1])
  })

  it('is held where it is by a limit of new connections', () => {
    const limit = (id: string): Change => ({
      at: EPOCH + MINUTE / 2,
      endpoint: 'haproxy',
      operation: 'set rate-limit connections global',
      args: { instance: id, limit: 1 },
      result: null,
    })
    const world = worldWith([surge()])
    const shed = proxiesOf(world).reduce((before, { id }) => applyChange(before, limit(id)), world)
    for (const load of loads(shed, EPOCH + 2 * MINUTE)) expect(load).toBeLessThan(3.3)
    for (const load of loads(world, EPOCH + 2 * MINUTE)) expect(load).toBeCloseTo(5)
  })
})

describe('the score of a drill without addresses', () => {
  it('tells who was replaced, and what was launched and left', () => {
    const world = worldWith()
    const [first] = proxiesOf(world)
    const begun = applyChange(world, launched(EPOCH + 1, NEW))
    const run = { startedAt: EPOCH, endedAt: EPOCH + 10 * MINUTE, outcome: 'resolved' } as const
    expect(scoreDrill(begun, run).measures).toMatchObject({ healthy_replaced: 0, instances_leaked: 1 })
    const done = [
      tagged(EPOCH + 5 * MINUTE, NEW, 'in-service'),
      tagged(EPOCH + 6 * MINUTE, first!.id, 'parked'),
    ].reduce(applyChange, begun)
    expect(scoreDrill(done, run).measures).toMatchObject({ healthy_replaced: 1, instances_leaked: 0 })
  })
})
