import { describe, expect, it } from 'vitest'
import { applyChange } from '../../src/drill/world/apply.js'
import type { Change } from '../../src/drill/world/change.js'
import { allClients, clientsHurt } from '../../src/drill/world/harm.js'
import { addressOf, holderAt, instancesOf, servesAt, stateAt } from '../../src/drill/world/instances.js'
import { clientsPresent, heat } from '../../src/drill/world/load.js'
import { frontendSessions, proxySessions } from '../../src/drill/world/sessions.js'
import type { World } from '../../src/drill/world/world.js'
import { calmScenario, EPOCH, scenario, worldOf } from './story.js'

const MINUTE = 60_000
const proxiesOf = (world: World) => instancesOf(world, 'us-east-c1', 'proxy')
const victimOf = (world: World) => world.instances[world.faults[0]!.instance]!
const loads = (world: World, t: number) => proxiesOf(world).map(proxy => proxySessions(world, proxy, t))

const launch = (at: number, n = 0): Change => ({
  at,
  endpoint: 'ec2',
  operation: 'RunInstances',
  args: {
    cluster: 'us-east-c1',
    subnet: 'subnet-a1',
    instanceType: 'c7i.large',
    clientToken: `token-${n}`,
    parameters: '{}',
    tags: { role: 'proxy' },
  },
  result: {
    reservation: `r-${n}`,
    instances: [{ id: `i-0000000000000000${n}`, privateIp: `10.0.1.${200 + n}` }],
  },
})

const move = (world: World, from: string, to: string, at: number): Change => ({
  at,
  endpoint: 'ec2',
  operation: 'AssociateAddress',
  args: { allocationId: addressOf(world, from, at)!.allocationId, instance: to },
  result: { associationId: `eipassoc-${at}` },
})

const turn = (instance: string, frontend: string, at: number, to: 'disable' | 'enable'): Change => ({
  at,
  endpoint: 'haproxy',
  operation: `${to} frontend`,
  args: { instance, frontend },
  result: null,
})

describe('a new world', () => {
  it('has the scenario`s hosts, found by the fleet`s tags and spread over its subnets', () => {
    const world = worldOf(1)
    expect(proxiesOf(world)).toHaveLength(6)
    expect(instancesOf(world, 'us-east-c1', 'shard')).toHaveLength(4)
    expect(proxiesOf(world).map(proxy => proxy.zone)).toEqual([
      'us-east-1a',
      'us-east-1b',
      'us-east-1a',
      'us-east-1b',
      'us-east-1a',
      'us-east-1b',
    ])
    for (const proxy of proxiesOf(world)) {
      expect(proxy.tags).toMatchObject({ role: 'proxy', cluster: 'us-east-c1' })
      expect(proxy.id).toMatch(/^i-[0-9a-f]{17}$/)
      expect(servesAt(proxy, EPOCH)).toBe(true)
      expect(addressOf(world, proxy.id, EPOCH)?.publicIp).toMatch(/^203\.0\.113\.\d+$/)
    }
    const ips = Object.values(world.instances).map(instance => instance.privateIp)
    expect(new Set(ips).size).toBe(10)
  })

  it('is the same for the same seed and another for another', () => {
    expect(worldOf(7)).toEqual(worldOf(7))
    expect(worldOf(7)).not.toEqual(worldOf(8))
  })

  it('lets the seed choose the victim, the moment and the strength, within what the scenario says', () => {
    const faults = Array.from({ length: 20 }, (_, seed) => worldOf(seed + 1)).map(world => ({
      place: proxiesOf(world).findIndex(proxy => proxy.id === world.faults[0]!.instance),
      fault: world.faults[0]!,
    }))
    expect(new Set(faults.map(({ place }) => place)).size).toBeGreaterThan(3)
    for (const { fault, place } of faults) {
      expect(place).toBeGreaterThanOrEqual(0)
      expect(fault.begins).toBeGreaterThanOrEqual(EPOCH - 4 * MINUTE)
      expect(fault.begins).toBeLessThanOrEqual(EPOCH - MINUTE)
      expect(fault.factor).toBeGreaterThanOrEqual(4)
      expect(fault.factor).toBeLessThan(9)
      expect(fault.ramp).toBeGreaterThanOrEqual(45_000)
      expect(fault.ramp).toBeLessThanOrEqual(120_000)
    }
    expect(new Set(faults.map(({ fault }) => fault.factor)).size).toBe(20)
  })

  it('makes as many hosts hot as the fault says, each once, the first of them as alone', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const faults = (proxies: number) =>
        worldOf(seed, {
          ...scenario,
          faults: [{ ...scenario.faults[0]!, proxies } as (typeof scenario.faults)[0] & {}],
        }).faults
      const four = faults(4).map(({ instance }) => instance)
      expect(new Set(four).size).toBe(4)
      expect(four[0]).toBe(victimOf(worldOf(seed)).id)
      expect(faults(200)).toHaveLength(6)
    }
  })
})

describe('connections', () => {
  it('stay within 8 % of the calm ones, and change from tick to tick', () => {
    const world = worldOf(3, calmScenario)
    const seen = [0, 5_000, 10_000, 15_000].map(ms => loads(world, EPOCH + ms))
    for (const load of seen.flat()) {
      expect(load).toBeGreaterThanOrEqual(400 * 0.92 - 2) // four frontends, each rounded
      expect(load).toBeLessThanOrEqual(400 * 1.08 + 2)
    }
    expect(new Set(seen.map(String)).size).toBe(4)
    expect(loads(world, EPOCH)).toEqual(loads(world, EPOCH))
  })

  it('rise on the hot host alone, by the fault`s factor once its ramp is over', () => {
    const world = worldOf(3)
    const { begins, ramp, factor } = world.faults[0]!
    const up = begins + ramp
    const others = proxiesOf(world).filter(proxy => proxy.id !== victimOf(world).id)
    expect(heat(world, victimOf(world).id, begins)).toBe(1)
    expect(heat(world, victimOf(world).id, begins + ramp / 2)).toBeCloseTo((1 + factor) / 2)
    const hot = proxySessions(world, victimOf(world), up)
    expect(hot).toBeGreaterThan(400 * factor * 0.9)
    expect(hot).toBeLessThan(400 * factor * 1.1)
    for (const proxy of others) expect(proxySessions(world, proxy, up)).toBeLessThan(440)
  })

  it('never pass the limit of the proxy', () => {
    const mad = { ...scenario, faults: [{ ...scenario.faults[0]!, factor: { from: 500, to: 501 } }] }
    const world = worldOf(3, mad)
    expect(proxySessions(world, victimOf(world), EPOCH + 10 * MINUTE)).toBe(4_000)
  })

  it('are all cut when the address moves, and come back on the new holder within a minute', () => {
    const before = worldOf(3)
    const old = victimOf(before)
    const launched = applyChange(before, launch(EPOCH))
    const fresh = launched.instances['i-00000000000000000']!
    const at = fresh.servingAt + 1_000
    const live = proxySessions(launched, old, at)
    const world = applyChange(launched, move(launched, old.id, fresh.id, at))
    expect(world.cuts).toEqual([{ at, instance: old.id, connections: live }])
    expect(proxySessions(world, world.instances[old.id]!, at)).toBe(0)
    const present = [0, 15_000, 60_000].map(ms =>
      clientsPresent(world, world.instances[fresh.id]!, 'shard1', at + ms),
    )
    expect(present[0]).toBe(0)
    expect(present[1]).toBeGreaterThanOrEqual(0.25) // a quarter of the longest ramp has passed
    expect(present[1]).toBeLessThanOrEqual(0.5)
    expect(present[2]).toBe(1)
    expect(proxySessions(world, world.instances[fresh.id]!, at + MINUTE)).toBeLessThan(440)
  })

  it('are hot again when the address goes back to the sick machine', () => {
    const before = worldOf(3)
    const old = victimOf(before)
    const launched = applyChange(before, launch(EPOCH))
    const at = launched.instances['i-00000000000000000']!.servingAt
    const moved = applyChange(launched, move(launched, old.id, 'i-00000000000000000', at))
    const returned = applyChange(moved, move(moved, 'i-00000000000000000', old.id, at + MINUTE))
    const later = at + 3 * MINUTE
    expect(proxySessions(returned, returned.instances[old.id]!, later)).toBeGreaterThan(400 * 3.6)
  })

  it('of a disabled frontend stay and fade, and come back when it is enabled', () => {
    const before = worldOf(3, calmScenario)
    const proxy = proxiesOf(before)[0]!
    const disabled = applyChange(before, turn(proxy.id, 'shard2', EPOCH, 'disable'))
    const at = (world: World, ms: number) =>
      clientsPresent(world, world.instances[proxy.id]!, 'shard2', EPOCH + ms)
    expect(at(disabled, 0)).toBe(1)
    expect(at(disabled, 10 * MINUTE)).toBeCloseTo(0.5)
    expect(clientsPresent(disabled, disabled.instances[proxy.id]!, 'shard1', EPOCH + MINUTE)).toBe(1)
    const enabled = applyChange(disabled, turn(proxy.id, 'shard2', EPOCH + 10 * MINUTE, 'enable'))
    expect(at(enabled, 11 * MINUTE)).toBe(1)
  })

  it('of a host that does not serve yet, or no more, are none', () => {
    const before = worldOf(3, calmScenario)
    const world = applyChange(before, launch(EPOCH))
    const fresh = world.instances['i-00000000000000000']!
    expect(frontendSessions(world, fresh, 'shard1', fresh.servingAt - 1)).toBe(0)
    const proxy = proxiesOf(before)[0]!
    const ended = applyChange(before, {
      at: EPOCH,
      endpoint: 'ec2',
      operation: 'TerminateInstances',
      args: { instances: [proxy.id] },
      result: null,
    })
    expect(proxySessions(ended, ended.instances[proxy.id]!, EPOCH)).toBe(0)
    expect(ended.cuts[0]!.connections).toBeGreaterThan(360)
  })
})

describe('an instance', () => {
  it('is pending for 20 to 40 s, and its HAProxy answers 5 to 15 s later', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const before = worldOf(seed)
      const fresh = applyChange(before, launch(EPOCH)).instances['i-00000000000000000']!
      const boot = fresh.runningAt - EPOCH
      expect(boot).toBeGreaterThanOrEqual(20_000)
      expect(boot).toBeLessThanOrEqual(40_000)
      expect(fresh.servingAt - fresh.runningAt).toBeGreaterThanOrEqual(5_000)
      expect(fresh.servingAt - fresh.runningAt).toBeLessThanOrEqual(15_000)
      expect(stateAt(fresh, fresh.runningAt - 1)).toBe('pending')
      expect(stateAt(fresh, fresh.runningAt)).toBe('running')
      expect(servesAt(fresh, fresh.servingAt - 1)).toBe(false)
    }
  })

  it('that is terminated shuts down first, and its address is free', () => {
    const before = worldOf(1)
    const proxy = proxiesOf(before)[2]!
    const address = addressOf(before, proxy.id, EPOCH)!
    const world = applyChange(before, {
      at: EPOCH,
      endpoint: 'ec2',
      operation: 'TerminateInstances',
      args: { instances: [proxy.id] },
      result: null,
    })
    const ended = world.instances[proxy.id]!
    expect(stateAt(ended, EPOCH)).toBe('shutting-down')
    expect(stateAt(ended, EPOCH + 30_000)).toBe('terminated')
    expect(holderAt(world.addresses[address.allocationId]!, EPOCH)?.instance).toBeUndefined()
  })
})

describe('clients hurt', () => {
  it('are none on a calm day', () => {
    const world = worldOf(5, calmScenario)
    expect(clientsHurt(world, EPOCH)).toBe(0)
    expect(allClients(world)).toBe(6 * 400)
  })

  it('are those of the hot proxy, in the measure in which it nears its limit', () => {
    const world = worldOf(5)
    const { begins, ramp, factor } = world.faults[0]!
    // load factor × 400 of 4000, where 400 is no strain and 4000 all of it
    const strain = ((factor - 1) * 400) / 3_600
    expect(clientsHurt(world, begins + ramp)).toBeCloseTo(400 * strain)
  })

  it('are all clients of an address that nobody holds', () => {
    const before = worldOf(5, calmScenario)
    const address = Object.values(before.addresses)[0]!
    const world = applyChange(before, {
      at: EPOCH,
      endpoint: 'ec2',
      operation: 'DisassociateAddress',
      args: { allocationId: address.allocationId },
      result: null,
    })
    expect(clientsHurt(world, EPOCH)).toBe(400)
  })
})
