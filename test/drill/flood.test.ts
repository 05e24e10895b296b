import { describe, expect, it } from 'vitest'
import { applyChange } from '../../src/drill/world/apply.js'
import { blockedBetween } from '../../src/drill/world/blocked.js'
import type { Change, ChangeOf } from '../../src/drill/world/change.js'
import { clientsOf } from '../../src/drill/world/clients.js'
import { createWorld } from '../../src/drill/world/create.js'
import { clientsHurt } from '../../src/drill/world/harm.js'
import { instancesOf } from '../../src/drill/world/instances.js'
import { loadOf, proxyArrivals } from '../../src/drill/world/load.js'
import { frontendSessions, proxySessions, sessionsOf } from '../../src/drill/world/sessions.js'
import type { World } from '../../src/drill/world/world.js'
import { holds, subtract } from '../../src/fleet/addresses/arithmetic.js'
import { prefixOf } from '../fleet/addresses/prefix-of.js'
import { CLUSTER, CUSTOMER, floodScenario, innocentOf, NETWORK, sourcesOf } from './flooded.js'
import { calmScenario, EPOCH, fleet, worldOf } from './story.js'

const MINUTE = 60_000
const proxies = (world: World) => instancesOf(world, CLUSTER, 'proxy')
const first = (world: World) => proxies(world)[0]!
const floodedWorld = (seed = 1, changes = {}) => worldOf(seed, floodScenario(changes))

const haproxy = (operation: 'add acl' | 'del acl', at: number, instance: string, pattern: string): Change => ({
  at,
  endpoint: 'haproxy',
  operation,
  args: { instance, pattern },
  result: null,
})

/** That of every proxy, at that many milliseconds after the alert. */
const onAll = (
  world: World,
  operation: 'add acl' | 'del acl',
  ms: number,
  patterns: readonly string[],
): World =>
  proxies(world)
    .flatMap(({ id }) => patterns.map(pattern => haproxy(operation, EPOCH + ms, id, pattern)))
    .reduce(applyChange, world)

const ended = (world: World, ms: number, frontend: string, session: number): World => {
  const args = { instance: first(world).id, frontend, session }
  return applyChange(world, {
    ...{ at: EPOCH + ms, endpoint: 'haproxy', operation: 'shutdown session' },
    ...{ args, result: null },
  })
}

const sessions = (world: World, ms: number) => sessionsOf(world, first(world), EPOCH + ms)
const isFlood = (world: World) => {
  const sources = sourcesOf(world)
  return ({ address }: { address: string }): boolean => sources.has(address)
}
const flooding = (world: World, ms: number) => sessions(world, ms).filter(isFlood(world))
const ofCustomer = (world: World, ms: number) =>
  sessions(world, ms).filter(({ address }) => address === CUSTOMER)

describe('who takes part in a flood', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('is in its network and nobody else, in seed %i', seed => {
    const world = floodedWorld(seed)
    const { sources } = world.floods[0]!
    const clients = clientsOf(seed, world.clusters[CLUSTER]!).map(({ address }) => address)
    expect(sources.length).toBeGreaterThanOrEqual(40)
    expect(sources.length).toBeLessThanOrEqual(60)
    expect(new Set(sources).size).toBe(sources.length)
    expect(holds([NETWORK], sources.map(prefixOf))).toBe(true)
    expect(sources.filter(source => clients.includes(source))).toEqual([])
    const [customer, ...bystanders] = innocentOf(world)
    expect(customer).toBe(`${CUSTOMER}/32`)
    expect([2, 3, 4]).toContain(bystanders.length)
    expect(holds([NETWORK], bystanders)).toBe(true)
  })

  it('comes from IPv6 networks as well, and from one where clients have addresses anyway', () => {
    const six = floodedWorld(1, { network: prefixOf('2001:db8:1::/48') })
    expect(holds([prefixOf('2001:db8:1::/48')], six.floods[0]!.sources.map(prefixOf))).toBe(true)
    const crowded = floodedWorld(1, {
      network: prefixOf('192.0.2.0/24'),
      sources: { from: 128, to: 128 },
    })
    const clients = clientsOf(1, crowded.clusters[CLUSTER]!).map(({ address }) => address)
    expect(clients.filter(address => address.startsWith('192.0.2.')).length).toBeGreaterThan(16)
    expect(crowded.floods[0]!.sources.filter(source => clients.includes(source))).toEqual([])
    expect(new Set(clients).size).toBe(clients.length)
  })

  it('is the same for the same seed, and others for another', () => {
    expect(floodedWorld(4).floods).toEqual(floodedWorld(4).floods)
    expect(floodedWorld(5).floods[0]!.sources).not.toEqual(floodedWorld(4).floods[0]!.sources)
  })
})

describe('a client whose address is given', () => {
  const named = { ...floodScenario(), faults: [] }

  it('has its share of all sessions on a calm day, and is the only one with its address', () => {
    const world = worldOf(1, named)
    const all = proxies(world).flatMap(host => sessionsOf(world, host, EPOCH))
    const its = all.filter(({ address }) => address === CUSTOMER)
    // 2 % of about 2,400, to within a session for each of 24 frontends
    expect(Math.abs(its.length - all.length * 0.02)).toBeLessThan(24)
    const addresses = clientsOf(1, world.clusters[CLUSTER]!).map(({ address }) => address)
    expect(addresses.filter(address => address === CUSTOMER)).toHaveLength(1)
    expect(clientsOf(1, world.clusters[CLUSTER]!).at(-1)!.until).toBeCloseTo(1)
  })

  it('takes the place of whoever would have been drawn with its address', () => {
    const [drawn] = clientsOf(1, worldOf(1, calmScenario).clusters[CLUSTER]!)
    const given = { ...named.clusters[CLUSTER]!, clients: [{ address: drawn!.address, share: 0.5 }] }
    const scenario = { ...named, clusters: { [CLUSTER]: given } }
    const clients = clientsOf(1, worldOf(1, scenario).clusters[CLUSTER]!)
    expect(clients.filter(({ address }) => address === drawn!.address)).toEqual([
      { address: drawn!.address, until: 0.5 },
    ])
  })
})

describe('a flood', () => {
  it('comes up over its ramp beside the clients, and stays', () => {
    const world = floodedWorld()
    expect(flooding(world, -2 * MINUTE)).toEqual([])
    expect(loadOf(world, first(world), 'shard1', EPOCH - 1.5 * MINUTE)).toBeCloseTo(1 + 2)
    expect(loadOf(world, first(world), 'shard1', EPOCH + 60 * MINUTE)).toBeCloseTo(1 + 4)
    // 1,600 and at most 8 % of noise
    expect(Math.abs(flooding(world, 0).length - 1_600)).toBeLessThan(160)
    const calm = worldOf(1, { ...floodScenario(), faults: [] })
    expect(clientsHurt(calm, EPOCH)).toBe(0)
    // the proxies are at 2,000 of 4,000 connections, 1,600 of the 3,600 above a calm day
    expect(clientsHurt(world, EPOCH)).toBeCloseTo((2_400 * 1_600) / 3_600)
  })

  it('goes away over its ramp where it has an end', () => {
    const world = floodedWorld(1, { lasts: 5 * MINUTE })
    expect(loadOf(world, first(world), 'shard1', EPOCH + 3.5 * MINUTE)).toBeCloseTo(1 + 2)
    expect(loadOf(world, first(world), 'shard1', EPOCH + 4 * MINUTE)).toBe(1)
    expect(flooding(world, 4 * MINUTE)).toEqual([])
  })

  it('is counted and listed alike, at every proxy, whatever is done about it', () => {
    const denied = onAll(floodedWorld(), 'add acl', MINUTE, [NETWORK])
    const world = onAll(denied, 'del acl', 3 * MINUTE, [NETWORK])
    for (const ms of [-90_000, 0, MINUTE, 90_000, 3 * MINUTE, 200_000, 5 * MINUTE])
      for (const host of proxies(world)) {
        const all = sessionsOf(world, host, EPOCH + ms)
        expect(all).toHaveLength(proxySessions(world, host, EPOCH + ms))
        for (const { name } of world.clusters[CLUSTER]!.frontends)
          expect(all.filter(({ frontend }) => frontend === name)).toHaveLength(
            frontendSessions(world, host, name, EPOCH + ms),
          )
        expect(new Set(all.map(({ pointer }) => pointer)).size).toBe(all.length)
        expect(all.filter(({ bornAt }) => bornAt > EPOCH + ms)).toEqual([])
      }
  })

  it('never takes more than the limit leaves beside the clients', () => {
    const world = floodedWorld(1, { factor: { from: 50, to: 50 } })
    expect(sessions(world, 0)).toHaveLength(4_000)
    expect(sessions(world, 0).length - flooding(world, 0).length).toBeGreaterThan(350)
    expect(loadOf(world, first(world), 'shard1', EPOCH)).toBe(10)
  })

  it('opens connections all the time: half of those that are there are gone after a minute', () => {
    const world = floodedWorld()
    const before = new Set(flooding(world, 0).map(({ pointer }) => pointer))
    const left = (ms: number) => flooding(world, ms).filter(({ pointer }) => before.has(pointer)).length
    expect(Math.abs(left(MINUTE) / before.size - 0.5)).toBeLessThan(0.06)
    expect(Math.abs(left(3 * MINUTE) / before.size - 0.125)).toBeLessThan(0.04)
    // of 1,600, the part that goes in a second: as many come
    expect(proxyArrivals(world, first(world), EPOCH)).toBe(4 * Math.round(400 * (1 - 0.5 ** (1 / 60))))
    const young = flooding(world, 0).filter(({ bornAt }) => EPOCH - bornAt < 10_000).length
    expect(Math.abs(young - 1_600 * (1 - 0.5 ** (1 / 6)))).toBeLessThan(50)
  })

  it('goes wherever clients are led, and to no other proxy', () => {
    const world = floodedWorld()
    const address = Object.values(world.addresses).find(one => one.holders[0]!.instance === first(world).id)!
    const away = applyChange(world, {
      ...{ at: EPOCH, endpoint: 'ec2', operation: 'DisassociateAddress' },
      ...{ args: { allocationId: address.allocationId }, result: null },
    })
    expect(sessions(away, MINUTE)).toEqual([])
    expect(loadOf(away, proxies(away)[1]!, 'shard1', EPOCH + MINUTE)).toBeCloseTo(5)
  })

  it('is held by a limit of new connections to what comes in while such a connection lasts', () => {
    const limited = applyChange(floodedWorld(), {
      ...{ at: EPOCH, endpoint: 'haproxy', operation: 'set rate-limit connections global' },
      ...{ args: { instance: first(floodedWorld()).id, limit: 2 }, result: null },
    })
    const carried = (ms: number) => loadOf(limited, first(limited), 'shard1', EPOCH + ms) * 400
    // two a second, each for 60 / ln 2 seconds, beside the 400 of the clients
    expect(carried(30 * MINUTE)).toBeCloseTo(400 + (2 * 60) / Math.LN2, 0)
    expect(carried(MINUTE)).toBeGreaterThan(1_000)
    expect(carried(MINUTE)).toBeLessThan(1_400)
    const arrivals = proxyArrivals(limited, first(limited), EPOCH + 30 * MINUTE)
    expect(arrivals).toBeLessThanOrEqual(4)
  })

  it('leaves within minutes where a frontend accepts no more, and nobody new is seen there', () => {
    const { id } = first(floodedWorld())
    const world = applyChange(floodedWorld(), {
      ...{ at: EPOCH, endpoint: 'haproxy', operation: 'disable frontend' },
      ...{ args: { instance: id, frontend: 'shard1' }, result: null },
    })
    const there = (ms: number) => flooding(world, ms).filter(({ frontend }) => frontend === 'shard1')
    expect(Math.abs(there(MINUTE).length - 200)).toBeLessThan(40)
    expect(there(5 * MINUTE).length).toBeLessThan(30)
    expect(there(MINUTE).filter(({ bornAt }) => bornAt > EPOCH)).toEqual([])
  })
})

describe('a deny list', () => {
  it('lets what is open go in its own time: the flood in minutes, a client hardly', () => {
    const world = onAll(floodedWorld(), 'add acl', 0, [NETWORK])
    const before = flooding(world, -1).length
    expect(flooding(world, 0).length).toBeGreaterThan(before * 0.85)
    expect(Math.abs(flooding(world, MINUTE).length / before - 0.5)).toBeLessThan(0.1)
    expect(flooding(world, 15 * MINUTE)).toEqual([])
    expect(flooding(world, MINUTE).filter(({ bornAt }) => bornAt > EPOCH)).toEqual([])
    const held = proxies(world).flatMap(host => sessionsOf(world, host, EPOCH + 10 * MINUTE))
    const its = held.filter(({ address }) => address === CUSTOMER).length
    // half of some 48 after ten minutes
    expect(its).toBeGreaterThan(12)
    expect(its).toBeLessThan(36)
    expect(proxyArrivals(world, first(world), EPOCH + MINUTE)).toBe(0)
  })

  it('hurts a client from the first moment, by its part of all at the proxies that deny it', () => {
    const world = worldOf(1, { ...floodScenario(), faults: [] })
    const all = onAll(world, 'add acl', 0, [CUSTOMER])
    expect(clientsHurt(all, EPOCH - 1)).toBe(0)
    expect(clientsHurt(all, EPOCH)).toBeCloseTo(2_400 * 0.02)
    const one = applyChange(world, haproxy('add acl', EPOCH, first(world).id, CUSTOMER))
    expect(clientsHurt(one, EPOCH)).toBeCloseTo(400 * 0.02)
  })

  it('lets them come again once the entry is gone, and nobody is hurt a minute later', () => {
    const denied = onAll(floodedWorld(), 'add acl', 0, [NETWORK])
    const world = onAll(denied, 'del acl', 20 * MINUTE, [NETWORK])
    expect(flooding(world, 20 * MINUTE - 1)).toEqual([])
    expect(flooding(world, 20.5 * MINUTE).length).toBeGreaterThan(500)
    expect(Math.abs(flooding(world, 22 * MINUTE).length - 1_600)).toBeLessThan(160)
    expect(ofCustomer(world, 22 * MINUTE).length).toBe(ofCustomer(floodedWorld(), 22 * MINUTE).length)
    expect(clientsHurt(world, EPOCH + 22 * MINUTE)).toBeCloseTo(clientsHurt(floodedWorld(), EPOCH))
  })

  it('keeps one out who is under two entries until both are gone', () => {
    const [wide, narrow] = [NETWORK, '100.64.7.0/25']
    const denied = onAll(onAll(floodedWorld(), 'add acl', 0, [wide]), 'add acl', MINUTE, [narrow])
    const half = onAll(denied, 'del acl', 2 * MINUTE, [wide])
    const free = onAll(half, 'del acl', 3 * MINUTE, [narrow])
    const blocked = (ms: number) =>
      blockedBetween(free, EPOCH + ms, EPOCH + ms + 1).map(({ address }) => address)
    expect(blocked(-1)).toEqual([])
    expect(blocked(2 * MINUTE)).toContain(CUSTOMER)
    expect(blocked(3 * MINUTE)).toEqual([])
  })

  it.each([
    ['::/64', true], // IPv4 clients are looked up as ::ffff:100.64.7.20
    ['2001:db8::/32', false],
    ['100.64.0.0/10', true],
    ['100.64.8.0/24', false],
  ])('with %s keeps an IPv4 client out: %s', (pattern, isOut) => {
    const world = onAll(floodedWorld(), 'add acl', 0, [pattern])
    const blocked = blockedBetween(world, EPOCH, EPOCH + 1).map(({ address }) => address)
    expect(blocked.includes(CUSTOMER)).toBe(isOut)
  })
})

describe('sessions that are shut, or broken by the move of an address', () => {
  /** What a frontend carries, and how many sessions of clients with that address are there. */
  const carried = (world: World, host: { id: string }, ms: number) => ({
    load: loadOf(world, world.instances[host.id]!, 'shard1', EPOCH + ms),
    listed: sessionsOf(world, world.instances[host.id]!, EPOCH + ms).filter(isFlood(world)).length,
  })

  it('of who is blocked do not come back, and are not carried either', () => {
    const { id } = first(floodedWorld())
    const denied = onAll(floodedWorld(), 'add acl', 0, [NETWORK])
    const world = ['shard1', 'shard2', 'shard3', 'shard4'].reduce(
      (before, frontend) =>
        applyChange(before, {
          ...{ at: EPOCH + 10_000, endpoint: 'haproxy', operation: 'shutdown sessions server' },
          ...{ args: { instance: id, frontend }, result: null },
        }),
      denied,
    )
    for (const ms of [10_000, MINUTE, 2 * MINUTE]) expect(carried(world, { id }, ms).listed).toBe(0)
    expect(carried(world, { id }, 2 * MINUTE).load).toBeLessThan(1)
    const freed = onAll(world, 'del acl', 5 * MINUTE, [NETWORK])
    expect(carried(freed, { id }, 7 * MINUTE).load).toBeCloseTo(5)
  })

  it('come to a proxy that takes over, whose list is that of its file; a network ACL is before it, too', () => {
    const world = onAll(floodedWorld(), 'add acl', 0, [NETWORK])
    const [old, next] = [first(world).id, 'i-00000000000000001']
    const address = Object.values(world.addresses).find(one => one.holders[0]!.instance === old)!
    const changes: Change[] = [
      {
        ...{ at: EPOCH, endpoint: 'ec2', operation: 'RunInstances' },
        args: {
          ...{ cluster: CLUSTER, subnet: 'subnet-a1', instanceType: 'c7i.large', parameters: '{}' },
          tags: {},
        },
        result: { reservation: 'r-1', instances: [{ id: next, privateIp: '10.0.1.240' }] },
      },
      {
        ...{ at: EPOCH + 2 * MINUTE, endpoint: 'ec2', operation: 'AssociateAddress' },
        args: { allocationId: address.allocationId, instance: next },
        result: { associationId: 'eipassoc-1' },
      },
    ]
    const takeOver = (before: World): World => changes.reduce(applyChange, before)
    expect(carried(takeOver(world), { id: next }, 4 * MINUTE).load).toBeCloseTo(5)
    const behindAcl = applyChange(floodedWorld(), {
      ...{ at: EPOCH, endpoint: 'ec2', operation: 'CreateNetworkAclEntry' },
      args: {
        acl: 'acl-0abc',
        entry: { number: 10, direction: 'ingress', effect: 'deny', protocol: '-1', cidr: NETWORK },
      },
      result: null,
    })
    const after = carried(takeOver(behindAcl), { id: next }, 4 * MINUTE)
    expect(after.listed).toBe(0)
    expect(after.load).toBeLessThan(1)
  })
})

describe('a session that is shut', () => {
  const victim = (world: World, of: (one: { address: string }) => boolean) => sessions(world, MINUTE).find(of)!

  it('of who is not blocked comes back at once as another one', () => {
    const world = floodedWorld()
    const { number, frontend, pointer, address } = victim(world, isFlood(world))
    const after = ended(world, MINUTE, frontend, number)
    const there = sessions(after, MINUTE).filter(one => one.number === number && one.frontend === frontend)
    expect(there).toMatchObject([{ address, bornAt: EPOCH + MINUTE }])
    expect(there[0]!.pointer).not.toBe(pointer)
  })

  it.each(['flood', 'customer'])('of who is blocked does not come back: %s', who => {
    const world = onAll(floodedWorld(), 'add acl', 0, [NETWORK])
    const of = who === 'flood' ? isFlood(world) : (one: { address: string }) => one.address === CUSTOMER
    const { number, frontend } = victim(world, of)
    const after = ended(world, MINUTE, frontend, number)
    const still = (ms: number) =>
      sessions(after, ms).filter(one => one.number === number && one.frontend === frontend)
    expect(still(MINUTE)).toEqual([])
    expect(still(5 * MINUTE)).toEqual([])
    expect(sessions(after, MINUTE)).toHaveLength(sessions(world, MINUTE).length - 1)
    const freed = onAll(after, 'del acl', 6 * MINUTE, [NETWORK])
    const again = sessions(freed, 8 * MINUTE).filter(one => one.number === number && one.frontend === frontend)
    expect(again).toHaveLength(1)
  })
})

describe('a network ACL', () => {
  type Entry = ChangeOf<'CreateNetworkAclEntry'>['args']['entry']
  const created = (world: World, entry: Pick<Entry, 'number' | 'cidr'> & Partial<Entry>): World =>
    applyChange(world, {
      ...{ at: EPOCH, endpoint: 'ec2', operation: 'CreateNetworkAclEntry' },
      args: { acl: 'acl-0abc', entry: { direction: 'ingress', effect: 'deny', protocol: '-1', ...entry } },
      result: null,
    })

  it('keeps out of the frontends whose port it denies, at every proxy behind it', () => {
    const ports = { from: 11_211, to: 11_212 }
    const world = created(floodedWorld(), { number: 10, cidr: NETWORK, protocol: '6', ports })
    for (const host of proxies(world)) {
      const left = sessionsOf(world, host, EPOCH + 20 * MINUTE).filter(isFlood(world))
      expect(new Set(left.map(({ frontend }) => frontend))).toEqual(new Set(['shard3', 'shard4']))
    }
    expect(blockedBetween(world, EPOCH, EPOCH + 1)).toHaveLength(innocentOf(world).length)
  })

  it('that was carved around who does nothing wrong keeps only the flood out', () => {
    const carved = subtract([NETWORK], innocentOf(floodedWorld()))
    const world = carved.reduce(
      (before, cidr, nth) => created(before, { number: 10 + nth, cidr }),
      floodedWorld(),
    )
    expect(blockedBetween(world, EPOCH, EPOCH + MINUTE)).toEqual([])
    expect(flooding(world, 20 * MINUTE).filter(({ frontend }) => frontend === 'shard1')).toEqual([])
  })

  it('that denies what is answered keeps out as well', () => {
    const world = created(floodedWorld(), { number: 10, cidr: NETWORK, direction: 'egress' })
    expect(blockedBetween(world, EPOCH, EPOCH + 1).map(({ address }) => address)).toContain(CUSTOMER)
  })
})

it('a flood of a cluster whose clients find its proxies by themselves spreads as they do', () => {
  const cluster = fleet.clusters[CLUSTER]!
  const crowdFleet = {
    ...fleet,
    clusters: { [CLUSTER]: { ...cluster, proxies: { ...cluster.proxies, address: 'none' as const } } },
  }
  const world = createWorld({ seed: 1, scenario: floodScenario(), fleet: crowdFleet, epoch: EPOCH })
  for (const host of proxies(world)) expect(loadOf(world, host, 'shard1', EPOCH)).toBeCloseTo(5)
  const parked = applyChange(world, {
    ...{ at: EPOCH, endpoint: 'ec2', operation: 'CreateTags' },
    args: { resources: [first(world).id], tags: { 'firebreak:state': 'parked' } },
    result: null,
  })
  const loads = proxies(parked).map(host => loadOf(parked, host, 'shard1', EPOCH + MINUTE))
  expect(loads[0]).toBe(0)
  for (const load of loads.slice(1)) expect(load).toBeCloseTo((5 * 6) / 5)
})
