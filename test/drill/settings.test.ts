import { describe, expect, it } from 'vitest'
import { applyChange } from '../../src/drill/world/apply.js'
import type { Change } from '../../src/drill/world/change.js'
import { clientsHurt } from '../../src/drill/world/harm.js'
import { instancesOf } from '../../src/drill/world/instances.js'
import { clientsPresent, loadOf, proxyArrivals } from '../../src/drill/world/load.js'
import type { World } from '../../src/drill/world/world.js'
import { calmScenario, EPOCH, worldOf } from './story.js'

// Each proxy has 400 clients on a calm day, 100 behind each of four frontends.

const MINUTE = 60_000
const firstProxy = (world: World) => instancesOf(world, 'us-east-c1', 'proxy')[0]!

const limit = (instance: string, perSecond: number, at: number): Change => ({
  at,
  endpoint: 'haproxy',
  operation: 'set rate-limit connections global',
  args: { instance, limit: perSecond },
  result: null,
})

const weigh = (instance: string, weight: number, at: number): Change => ({
  at,
  endpoint: 'haproxy',
  operation: 'set weight',
  args: { instance, backend: 'shard2', server: 's1', weight },
  result: null,
})

const cut = (instance: string, at: number): Change => ({
  at,
  endpoint: 'haproxy',
  operation: 'shutdown sessions server',
  args: { instance, frontend: 'shard2' },
  result: null,
})

describe('a limit of connections per second', () => {
  const calm = worldOf(3, calmScenario)
  const { id } = firstProxy(calm)
  const present = (world: World, at: number, frontend = 'shard2') =>
    clientsPresent(world, world.instances[id]!, frontend, at)
  const held = [limit(id, 2, EPOCH), cut(id, EPOCH + 1_000)].reduce(applyChange, calm)
  const back = EPOCH + 1_000

  it('lets clients come back that slowly after a cut, a share for each frontend', () => {
    expect(present(calm, back)).toBe(1)
    expect(present(held, back)).toBe(0)
    expect(present(held, back + MINUTE)).toBeCloseTo((2 * 60) / 400)
    expect(present(held, back + 2 * MINUTE)).toBeCloseTo((2 * 120) / 400)
    expect(present(held, back + MINUTE, 'shard1')).toBe(1) // who was there stays
  })

  it('that is raised lets them come faster, and one that is gone all at once', () => {
    const raised = applyChange(held, limit(id, 20, back + MINUTE))
    expect(present(raised, back + MINUTE + 5_000)).toBeCloseTo((2 * 60 + 20 * 5) / 400)
    const lifted = applyChange(raised, limit(id, 0, back + MINUTE + 5_000))
    expect(present(lifted, back + MINUTE + 5_000)).toBeCloseTo(220 / 400)
    expect(present(lifted, back + MINUTE + 5_001)).toBe(1)
  })

  it('changes nothing where nobody comes anew', () => {
    const limited = applyChange(calm, limit(id, 1, EPOCH))
    for (const ms of [0, MINUTE, 10 * MINUTE]) expect(present(limited, EPOCH + ms)).toBe(1)
    expect(clientsHurt(limited, EPOCH + MINUTE)).toBe(0)
  })

  it('is no more than a limit: who comes slower than it is not held up', () => {
    const wide = [limit(id, 1_000, EPOCH), cut(id, back)].reduce(applyChange, calm)
    const free = applyChange(calm, cut(id, back))
    for (const ms of [1_000, 15_000, 30_000])
      expect(present(wide, back + ms)).toBeCloseTo(present(free, back + ms))
  })

  it('holds back what a hot machine draws, and whoever has a connection is served', () => {
    const surging = worldOf(3)
    const { instance, begins, ramp } = surging.faults[0]!
    const limited = applyChange(surging, limit(instance, 4, begins))
    const load = (world: World) => loadOf(world, world.instances[instance]!, 'shard1', begins + ramp)
    expect(load(surging)).toBeGreaterThan(3.9)
    expect(load(limited)).toBeCloseTo(1 + (4 * ramp) / 1_000 / 400)
    const host = limited.instances[instance]!
    expect(clientsPresent(limited, host, 'shard1', begins + ramp)).toBe(1)
    expect(proxyArrivals(limited, host, begins + ramp)).toBe(4)
    expect(proxyArrivals(surging, surging.instances[instance]!, begins + ramp)).toBeGreaterThan(8)
    expect(clientsHurt(limited, begins + ramp)).toBeLessThan(clientsHurt(surging, begins + ramp) / 2)
  })
})

describe('a weight of 0 for the only server behind a frontend', () => {
  it('lets nobody new through, until it has one again', () => {
    const calm = worldOf(3, calmScenario)
    const { id } = firstProxy(calm)
    const empty = applyChange(calm, weigh(id, 0, EPOCH))
    const present = (world: World, frontend: string, ms: number) =>
      clientsPresent(world, world.instances[id]!, frontend, EPOCH + ms)
    expect(present(empty, 'shard2', 10 * MINUTE)).toBeCloseTo(0.5)
    expect(present(empty, 'shard1', 10 * MINUTE)).toBe(1)
    const again = applyChange(empty, weigh(id, 3, EPOCH + 10 * MINUTE))
    expect(present(again, 'shard2', 11 * MINUTE)).toBe(1)
    expect(present(applyChange(calm, weigh(id, 9, EPOCH)), 'shard2', 10 * MINUTE)).toBe(1)
  })
})
