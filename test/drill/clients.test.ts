import { isIPv6 } from 'node:net'
import { describe, expect, it } from 'vitest'
import { applyChange } from '../../src/drill/world/apply.js'
import type { Change } from '../../src/drill/world/change.js'
import { clientsOf, ownerOf } from '../../src/drill/world/clients.js'
import { deniedAt } from '../../src/drill/world/deny-list.js'
import { instancesOf } from '../../src/drill/world/instances.js'
import { frontendSessions, proxySessions, sessionsOf } from '../../src/drill/world/sessions.js'
import type { World } from '../../src/drill/world/world.js'
import { calmScenario, EPOCH, worldOf } from './story.js'

const MINUTE = 60_000
const cluster = (world: World) => world.clusters['us-east-c1']!
const addresses = (seed: number) => clientsOf(seed, cluster(worldOf(seed))).map(({ address }) => address)
const firstProxy = (world: World) => instancesOf(world, 'us-east-c1', 'proxy')[0]!

/** By the addresses of a range as they are written: IPv4 ends of an octet, and one of IPv6. */
const isIn = (ranges: readonly string[], address: string): boolean =>
  ranges.some(range => address.startsWith(range))

describe('the clients of a cluster', () => {
  it('are some hundreds, each with an address of its own that leads nowhere', () => {
    const all = addresses(1)
    expect(all.length).toBeGreaterThan(500)
    expect(new Set(all).size).toBe(all.length)
    const ranges = ['192.0.2.', '198.51.100.', '10.', '2001:db8:']
    expect(all.filter(address => !isIn(ranges, address))).toEqual([])
    for (const range of ranges) expect(all.some(address => isIn([range], address))).toBe(true)
    expect(all.filter(address => isIPv6(address)).length).toBeGreaterThan(40)
  })

  it('are never a host of the fleet, nor an address that leads to one', () => {
    const world = worldOf(1)
    const fleet = [
      ...Object.values(world.instances).map(({ privateIp }) => privateIp),
      ...Object.values(world.addresses).map(({ publicIp }) => publicIp),
    ]
    expect(addresses(1).filter(address => fleet.includes(address))).toEqual([])
    expect(addresses(1).filter(address => isIn(['10.0.'], address))).toEqual([])
  })

  it('are the same for the same seed, and others for another', () => {
    expect(addresses(7)).toEqual(addresses(7))
    expect(addresses(8)).not.toEqual(addresses(7))
  })

  it('stay who they are whatever happens in the world', () => {
    const world = worldOf(1)
    const { id } = firstProxy(world)
    const later = applyChange(world, listing('add acl', id, '10.0.0.0/8', EPOCH))
    expect(clientsOf(1, cluster(later))).toEqual(clientsOf(1, cluster(world)))
  })

  it.each([0, 0.25, 0.999])('share any number of sessions fairly, wherever they begin: at %s', start => {
    const clients = clientsOf(3, cluster(worldOf(3)))
    for (const sessions of [1, 7, 100, 1_000, 4_000]) {
      const had = new Map<string, number>()
      for (let n = 0; n < sessions; n += 1) {
        const { address } = ownerOf(clients, start, n)!
        had.set(address, (had.get(address) ?? 0) + 1)
      }
      let from = 0
      for (const { address, until } of clients) {
        expect(Math.abs((had.get(address) ?? 0) - (until - from) * sessions)).toBeLessThan(3)
        from = until
      }
    }
  })
})

describe('the sessions of a proxy', () => {
  it.each([0, 30_000, 10 * MINUTE])('are as many as its frontends count, %s ms after the alert', ms => {
    const world = worldOf(2)
    for (const host of instancesOf(world, 'us-east-c1', 'proxy')) {
      const sessions = sessionsOf(world, host, EPOCH + ms)
      expect(sessions).toHaveLength(proxySessions(world, host, EPOCH + ms))
      for (const { name } of cluster(world).frontends)
        expect(sessions.filter(({ frontend }) => frontend === name)).toHaveLength(
          frontendSessions(world, host, name, EPOCH + ms),
        )
      expect(new Set(sessions.map(({ pointer }) => pointer)).size).toBe(sessions.length)
    }
  })

  it('stay the same while they are open, and grow older', () => {
    const world = worldOf(2, calmScenario)
    const host = firstProxy(world)
    const early = sessionsOf(world, host, EPOCH).slice(0, 50)
    const late = sessionsOf(world, host, EPOCH + MINUTE).slice(0, 50)
    expect(late).toEqual(early)
    expect(early.every(({ bornAt }) => bornAt <= EPOCH)).toBe(true)
  })

  it('are all others after a cut', () => {
    const world = worldOf(2, calmScenario)
    const host = firstProxy(world)
    const cut = applyChange(world, {
      at: EPOCH,
      endpoint: 'haproxy',
      operation: 'shutdown sessions server',
      args: { instance: host.id, frontend: 'shard1' },
      result: null,
    })
    const pointers = (of: World) =>
      sessionsOf(of, of.instances[host.id]!, EPOCH + 5 * MINUTE)
        .filter(({ frontend }) => frontend === 'shard1')
        .map(({ pointer }) => pointer)
    const before = pointers(world)
    expect(before.length).toBeGreaterThan(50)
    expect(pointers(cut).filter(pointer => before.includes(pointer))).toEqual([])
  })
})

const listing = (operation: 'add acl' | 'del acl', instance: string, pattern: string, at: number): Change => ({
  at,
  endpoint: 'haproxy',
  operation,
  args: { instance, pattern },
  result: null,
})

describe('the list of denied addresses of a proxy', () => {
  it('is what its file says, and what was added since and not taken back, at any moment', () => {
    const world = worldOf(2)
    const { id } = firstProxy(world)
    const after = [
      listing('add acl', id, '10.1.0.0/16', EPOCH),
      listing('add acl', id, '10.1.0.0/16', EPOCH + 1_000),
      listing('add acl', id, '10.2.0.0/16', EPOCH + 2_000),
      listing('del acl', id, '10.1.0.0/16', EPOCH + 3_000),
    ].reduce(applyChange, world)
    const at = (ms: number) => deniedAt(after.instances[id]!, EPOCH + ms).slice(1)
    expect(at(-1)).toEqual([])
    expect(at(1_500)).toEqual(['10.1.0.0/16', '10.1.0.0/16'])
    expect(at(3_000)).toEqual(['10.2.0.0/16'])
    const others = instancesOf(after, 'us-east-c1', 'proxy').slice(1)
    for (const other of others) expect(deniedAt(other, EPOCH + MINUTE)).toHaveLength(1)
  })
})
