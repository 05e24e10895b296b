import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { eachService } from '../conformance/service.js'
import { applying, carriedOut, filterOf, removing, takenBack } from './agreed.js'
import {
  CLIENTS,
  type ClientName,
  type FilteredHost,
  machineFor,
  NETWORK,
  startFilteredHost,
} from './filtered-host.js'
import { firebreak, journalOf, type Machine, ofType } from './firebreak.js'
import { KILLED, killAt } from './kill-at.js'

const NEEDS = ['ip', 'sshd', 'ssh', 'haproxy', 'memcached'] as const

eachService(
  'a filter on the host of a proxy, and who comes to it,',
  [{ name: 'nft', binary: 'nft', also: NEEDS, networks: true, start: startFilteredHost }],
  service => {
    let host: FilteredHost
    let machine: Machine
    beforeAll(async () => {
      host = await service.start()
      machine = machineFor(host, { proxies: [host.proxies[0]] }) // both stand on that host, which has one kernel
    })
    afterAll(() => host?.stop())
    afterEach(async () => {
      host.hangUp()
      await host.onHost('nft', 'flush', 'ruleset')
    })

    /** Packets that our rules have dropped. */
    const dropped = async (): Promise<number> => {
      const listed = await host.onHost('nft', 'list', 'table', 'inet', 'firebreak')
      const counts = [...listed.matchAll(/counter packets (\d+)/g)].map(([, packets]) => Number(packets))
      return counts.reduce((sum, packets) => sum + packets, 0)
    }
    /** Its packets come, and are dropped: to wait for an answer would only show that none came in time. */
    const isDropped = async (client: ClientName): Promise<void> => {
      const before = await dropped()
      const talk = host.connect(client)
      await expect.poll(dropped).toBeGreaterThan(before)
      expect(talk.state()).toBe('connecting')
    }
    const SET = ['inet', 'firebreak', 'tcp_11211_11211_ipv4'] as const
    const standing = async (): Promise<readonly string[]> => {
      const listed = JSON.parse(await host.onHost('nft', '-j', 'list', 'set', ...SET))
      return (listed.nftables[1].set.elem ?? []).map(textOf)
    }
    const denyByHand = (address: string) => host.onHost('nft', 'add', 'element', ...SET, `{ ${address} }`)
    const denying = (addresses: string, ...more: readonly string[]) =>
      applying('edge', ['by=nftables', `addresses=${addresses}`, ...more])

    it('turns away a network but for the customers in it and those of a calm day; the undo takes that back alone', async () => {
      const [customer, bystander] = [await host.hold('customer'), await host.hold('bystander')]
      expect((await firebreak(machine, ['run', 'calm'])).code).toBe(0)
      const flood = await Promise.all(Array.from({ length: 6 }, () => host.hold('abusive')))
      for (const client of ['neighbour', 'outsider'] as const) await host.hold(client)
      await host.onHost('nft', OTHERS)
      const others = await host.onHost('nft', 'list', 'table', 'inet', 'other')

      const { run, id } = await carriedOut(machine, denying(NETWORK, 'ttl=10m'))
      expect(run.code, run.stderr).toBe(0)
      for (const client of ['abusive', 'neighbour'] as const) await isDropped(client)
      for (const client of ['customer', 'bystander', 'outsider'] as const) await host.hold(client)
      await denyByHand('192.0.2.9')

      const stalled = flood[0] ?? expect.fail('there is no flood')
      const before = await dropped()
      stalled.ask()
      await expect.poll(dropped).toBeGreaterThan(before)
      for (const talk of [customer, bystander]) {
        talk.ask()
        await expect.poll(talk.heard).toBe(2)
      }
      expect([stalled.heard(), stalled.state()]).toEqual([1, 'connected'])

      const undone = await takenBack(machine, id)
      expect(undone.code, undone.stderr).toBe(0)
      expect(await standing()).toEqual(['192.0.2.9'])
      expect(await host.onHost('nft', 'list', 'table', 'inet', 'other')).toBe(others)
      await host.hold('neighbour')
      await expect.poll(stalled.heard).toBe(2) // it goes on where it stalled
    })

    it('with a reset ends what the blocked have open, and nothing else; removed, it leaves what others deny', async () => {
      const [customer, abusive] = [await host.hold('customer'), await host.hold('abusive')]
      const { run, id } = await carriedOut(machine, denying(CLIENTS.abusive, 'reset=true'))
      expect(run.code, run.stderr).toBe(0)
      await expect.poll(abusive.state).toBe('ended')
      await isDropped('abusive')
      customer.ask()
      await expect.poll(customer.heard).toBe(2)
      await host.hold('neighbour')
      await denyByHand('192.0.2.9')

      const removed = await carriedOut(machine, removing(filterOf(journalOf(machine, id))))
      expect(removed.run.code, removed.run.stderr).toBe(0)
      expect(await standing()).toEqual(['192.0.2.9'])
      await host.hold('abusive')
    })

    it('ends by itself, also where firebreak was killed when it had put it up', async () => {
      const abusive = await host.hold('abusive')
      const moment = killAt('journal.jsonl:op.finished/deny:after')
      const { run, id } = await carriedOut(machine, denying(CLIENTS.abusive, 'ttl=5s'), { env: moment })
      expect(run.signal).toBe(KILLED)
      expect(ofType(journalOf(machine, id), 'op.finished').map(({ data }) => data.kind)).toEqual(['deny'])
      abusive.ask()
      await expect.poll(standing).toEqual([])
      await expect.poll(abusive.heard, { timeout: 30_000 }).toBe(2) // TCP sends again after a while
      await host.hold('abusive')

      const undone = await takenBack(machine, id)
      expect(undone.code, undone.stderr).toBe(0)
    })
  },
)

/** Another's table, with a set of the same name as ours. */
const OTHERS = `table inet other {
  set tcp_11211_11211_ipv4 { type ipv4_addr; flags interval; elements = { 198.51.100.140 }
  }
  chain input { type filter hook input priority 0; policy accept; tcp dport 11999 counter drop;
  }
}`

/** `"192.0.2.9"`, or with a time, or a prefix. */
type Element =
  | string
  | { readonly prefix: { readonly addr: string; readonly len: number } }
  | { readonly elem: { readonly val: Element } }

const textOf = (element: Element): string => {
  if (typeof element === 'string') return element
  return 'elem' in element ? textOf(element.elem.val) : `${element.prefix.addr}/${element.prefix.len}`
}
