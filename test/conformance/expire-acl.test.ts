import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { tagFor, tagKey } from '../../src/actions/ip-filter/acl-tag.js'
import { entryOf } from '../../src/actions/ip-filter/mechanisms/network-acl.js'
import { removeAll } from '../../src/commands/expire/remove.js'
import { isLeaving, sweep, type Tagged, taggedIn } from '../../src/commands/expire/sweep-acl.js'
import { ok } from '../../src/domain/result.js'
import type { FilterRegister } from '../../src/fleet/filters/register.js'
import type { Ec2, Providers } from '../../src/providers/contract.js'
import { createProviders } from '../../src/providers/providers.js'
import { prefixOf } from '../fleet/addresses/prefix-of.js'
import { okOf } from '../providers/wire.js'
import { startDrillNetworkAcl } from './drilled.js'
import { startMotoNetworkAcl } from './moto-network-acl.js'
import type { RunningNetworkAcl } from './network-acl-suite.js'
import { eachService, MOTO, type Service } from './service.js'

const NOW = Date.UTC(2026, 10, 24, 4, 0)
const [OVER, LATER] = [NOW - 60_000, NOW + 60_000]
const REGION = 'us-east-1'

const suite = (service: Service<RunningNetworkAcl>): void => {
  let running: RunningNetworkAcl
  let providers: Providers
  let ec2: Ec2
  beforeAll(async () => {
    running = await service.start()
    providers = createProviders(running.wire)
    ec2 = okOf(await providers.ec2())
  })
  afterAll(() => running?.stop())
  beforeEach(async () => {
    const { entries, tags } = await look()
    for (const { number, direction } of entries.filter(one => one.number < 100))
      okOf(await ec2.deleteNetworkAclEntry({ acl: running.acl, number, direction }))
    const ours = Object.keys(tags).filter(key => key.startsWith('firebreak:'))
    if (ours.length > 0) okOf(await ec2.deleteTags([running.acl], ours))
  })

  const look = async () => okOf(await ec2.describeNetworkAcls([running.acl]))[0] ?? expect.fail('no ACL')
  const numbers = async () => (await look()).entries.map(({ number }) => number).filter(one => one < 100)
  const tagged = async () => Object.keys((await look()).tags).filter(key => key.startsWith('firebreak:'))

  const filterAt = (number: number, until = OVER, text = '192.0.2.0/25') => ({
    filter: `f-${number}`,
    incident: '20261124-0412-kqzx',
    cluster: 'edge',
    place: { by: 'network_acl' as const, acl: running.acl, region: REGION, number },
    scope: { protocol: 'tcp' as const, ports: { from: 11_211, to: 11_214 } },
    prefixes: [prefixOf(text)] as [ReturnType<typeof prefixOf>],
    until,
  })
  const create = (number: number, text?: string) =>
    ec2.createNetworkAclEntry({ acl: running.acl, entry: entryOf(filterAt(number, OVER, text)) })
  const tag = async (number: number, until?: number) =>
    okOf(await ec2.createTags([running.acl], { [tagKey(number)]: tagFor(filterAt(number, until)) }))

  /** One that is due, one that is not, one whose entry somebody has changed, a tag without entry, and a foreign entry. */
  const stand = async (): Promise<void> => {
    for (const number of [1, 2, 5]) okOf(await create(number))
    okOf(await create(3, '198.51.100.0/24'))
    await tag(1)
    await tag(2, LATER)
    await tag(3)
    await tag(4, LATER)
  }
  const sweepAll = async (all: boolean) => {
    const found = okOf(await taggedIn({ acl: running.acl, region: REGION }, providers))
    return sweep(
      found.filter(one => isLeaving(one, all, NOW)),
      providers,
    )
  }
  const stateOf = (swept: readonly (Tagged & { readonly state: string })[]) =>
    Object.fromEntries(swept.map(({ standing, state }) => [standing.filter, state]))

  describe('with the register lost, the tags', () => {
    it('say whose each entry is, where it stands and until when', async () => {
      await stand()
      const found = okOf(await taggedIn({ acl: running.acl, region: REGION }, providers))
      expect(found.map(({ standing, entry }) => [standing.filter, entry])).toEqual([
        ['f-1', 'ours'],
        ['f-2', 'ours'],
        ['f-3', 'other'],
        ['f-4', 'none'],
      ])
      expect(found[0]?.standing).toEqual(filterAt(1))
    })

    it('let go what is due and is what they say; and tags whose entry is gone', async () => {
      await stand()
      expect(stateOf(await sweepAll(false))).toEqual({ 'f-1': 'removed', 'f-3': 'other', 'f-4': 'untagged' })
      expect(await numbers()).toEqual(expect.arrayContaining([2, 3, 5]))
      expect(await numbers()).not.toContain(1)
      expect([...(await tagged())].sort()).toEqual([tagKey(2), tagKey(3)])
      expect(stateOf(await sweepAll(false))).toEqual({ 'f-3': 'other' })
    })

    it('let all of ours go, and nothing that has no tag or another content', async () => {
      await stand()
      await sweepAll(true)
      expect([...(await numbers())].sort()).toEqual([3, 5])
      expect(await tagged()).toEqual([tagKey(3)])
    })
  })

  describe('by the register', () => {
    const remove = async (number: number) => {
      const struck: string[] = []
      const register: FilterRegister = {
        all: () => [filterAt(number)],
        write: () => ok(null),
        strike: ({ filter }) => {
          struck.push(filter)
          return ok(null)
        },
      }
      const held = [{ fleet: 'x', register, standing: filterAt(number) }]
      const [outcome] = await removeAll(held, { clock: running.wire.clock, reach: { at: () => providers } })
      return { state: outcome?.became.state, struck }
    }

    it('an entry goes with its tag', async () => {
      await stand()
      expect(await remove(1)).toEqual({ state: 'removed', struck: ['f-1'] })
      expect(await numbers()).not.toContain(1)
      expect(await tagged()).not.toContain(tagKey(1))
    })

    it('another entry at its number stays, and ours is gone', async () => {
      okOf(await create(7, '198.51.100.0/24'))
      expect(await remove(7)).toEqual({ state: 'gone', struck: ['f-7'] })
      expect(await numbers()).toContain(7)
    })

    it('the tag of another filter that has the number by now stays with it', async () => {
      okOf(await create(7, '198.51.100.0/24'))
      const other = { ...filterAt(7, LATER, '198.51.100.0/24'), filter: 'f-new' }
      okOf(await ec2.createTags([running.acl], { [tagKey(7)]: tagFor(other) }))
      expect((await remove(7)).state).toBe('gone')
      expect(await tagged()).toEqual([tagKey(7)])
    })
  })
}

eachService(
  'filters in network ACLs',
  [
    { name: 'the drill', start: startDrillNetworkAcl },
    { name: 'Moto', binary: MOTO, start: startMotoNetworkAcl },
  ],
  suite,
)
