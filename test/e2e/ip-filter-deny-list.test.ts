import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type FaultProxy, PASS, startFaultProxy } from '../conformance/fault-proxy.js'
import { eachService } from '../conformance/service.js'
import { agreed, applying, carriedOut, filterOf, removing, takenBack } from './agreed.js'
import {
  ADMIN,
  BY_HAND,
  CLIENTS,
  type ClientName,
  type FilteredHost,
  machineFor,
  NETWORK,
  type RunningProxy,
  SECOND,
  startFilteredHost,
} from './filtered-host.js'
import { firebreak, incidentsOf, journalOf, type Machine, ofType, start, theOnly } from './firebreak.js'
import { installed } from './installed.js'
import { KILLED } from './kill-at.js'
import { openTerminal, until } from './terminal.js'

eachService(
  'a filter in the proxies themselves, and who comes to them,',
  [
    {
      name: 'HAProxy',
      binary: 'haproxy',
      also: ['ip', 'sshd', 'memcached'],
      networks: true,
      start: startFilteredHost,
    },
  ],
  service => {
    let host: FilteredHost
    let machine: Machine
    beforeAll(async () => {
      host = await service.start()
      machine = machineFor(host, { proxies: host.proxies })
    })
    afterAll(() => host?.stop())
    const doors: FaultProxy[] = []
    afterEach(async () => {
      host.hangUp()
      for (const door of doors.splice(0)) await door.close()
    })

    const isRejected = async (client: ClientName, to?: typeof SECOND): Promise<void> => {
      const talk = host.connect(client, to)
      await expect.poll(talk.state).toBe('ended')
      expect(talk.heard()).toBe(0)
    }
    const listedAt = async (proxy: RunningProxy): Promise<readonly string[]> =>
      [...(await proxy.ask(`show acl ${host.denyList}`)).matchAll(/^0x\w+ (.*)$/gm)].map(([, one = '']) => one)
    const listed = () => Promise.all(host.proxies.map(listedAt))
    const denying = (addresses: string, ...more: readonly string[]) =>
      applying('edge', ['by=deny_list', `addresses=${addresses}`, ...more])

    it('turns away new connections of a network but for its customers and those of a calm day; what is open stays', async () => {
      const [customer, bystander] = [await host.hold('customer'), await host.hold('bystander', SECOND)]
      expect((await firebreak(machine, ['run', 'calm'])).code).toBe(0)
      const [first] = await Promise.all(Array.from({ length: 6 }, () => host.hold('abusive')))
      for (const client of ['neighbour', 'outsider'] as const) await host.hold(client)

      const { run, id } = await carriedOut(machine, denying(NETWORK))
      expect(run.code, run.stderr).toBe(0)
      for (const client of ['abusive', 'neighbour'] as const) {
        await isRejected(client)
        await isRejected(client, SECOND)
      }
      for (const client of ['customer', 'bystander', 'outsider'] as const) await host.hold(client)
      for (const talk of [customer, bystander, first ?? expect.fail('there is no flood')]) {
        talk.ask()
        await expect.poll(talk.heard).toBe(2)
      }

      const undone = await takenBack(machine, id)
      expect(undone.code, undone.stderr).toBe(0)
      expect(await listed()).toEqual([[BY_HAND], [BY_HAND]])
      await host.hold('neighbour')
    })

    it('with a reset ends what the blocked have open; a restart forgets it; removed, it leaves what others deny', async () => {
      const [customer, abusive] = [await host.hold('customer'), await host.hold('abusive', SECOND)]
      const { run, id } = await carriedOut(machine, denying(CLIENTS.abusive, 'reset=true'))
      expect(run.code, run.stderr).toBe(0)
      await expect.poll(abusive.state).toBe('ended')
      await isRejected('abusive', SECOND)
      customer.ask()
      await expect.poll(customer.heard).toBe(2)
      await host.proxies[0].restart()
      expect(await listed()).toEqual([[BY_HAND], [BY_HAND, `${CLIENTS.abusive}/32`]])
      await host.hold('abusive')
      await isRejected('abusive', SECOND)

      const removed = await carriedOut(machine, removing(filterOf(journalOf(machine, id))))
      expect(removed.run.code, removed.run.stderr).toBe(0)
      expect(await listed()).toEqual([[BY_HAND], [BY_HAND]])
      await host.hold('abusive', SECOND)
    })

    describe('where firebreak was killed between two proxies', () => {
      /** Killed when the first proxy has it all, and the second one its first entry, of which no answer came. */
      const killedBetween = async (addresses: string) => {
        const second = await passedOn(host.proxies[1])
        doors.push(second.proxy)
        const there = machineFor(host, {
          proxies: host.proxies,
          adminOf: proxy => (proxy.id === 'p2' ? second.ip : proxy.ip),
        })
        const args = denying(addresses)
        const agreeing = await agreed(there, args)
        const [rehearsal] = incidentsOf(there)
        second.proxy.decide(line => (line.startsWith('add acl') ? { way: 'stall', after: 0 } : PASS))
        const child = start(there, [...args, ...agreeing])
        const id = () => incidentsOf(there).find(one => one !== rehearsal) ?? expect.fail('it has not begun')
        const isBetween = async () =>
          (await listedAt(host.proxies[1])).length > 1 &&
          ofType(journalOf(there, id()), 'op.finished').length === 1
        await until(isBetween, () => 'it was never between the two')
        child.kill('SIGKILL')
        expect((await child).signal).toBe(KILLED)
        second.proxy.decide(() => PASS)
        return { there, id: id() }
      }
      const resumed = async (there: Machine, id: string) => {
        const terminal = await openTerminal(there, ['resume', id], { columns: 120, rows: 40 })
        await terminal.says('continue / undo / abort')
        await terminal.press('continue', 'Enter')
        return { code: await terminal.ended(), screen: await terminal.screen() }
      }

      it('what the second one took is found there, and the undo leaves nothing of it', async context => {
        installed('tmux', context)
        const { there, id } = await killedBetween(CLIENTS.abusive)
        const after = await resumed(there, id)
        expect(after.code, after.screen).toBe(0)
        const resolved = theOnly(journalOf(there, id), 'op.resolved').data
        expect(resolved).toMatchObject({ target: 'p2', verdict: 'done', evidence: 'p2 has 1 of 1' })
        const kinds = ofType(journalOf(there, id), 'op.finished').map(({ data }) => data.kind)
        expect(kinds).toEqual(['deny', 'look-back', 'look-back'])
        await isRejected('abusive', SECOND)
        const undone = await takenBack(there, id)
        expect(undone.code, undone.stderr).toBe(0)
        expect(await listed()).toEqual([[BY_HAND], [BY_HAND]])
      })

      it('that it took only a part is seen, the rest is put up as well, and all of it is taken back', async context => {
        installed('tmux', context)
        const other = '198.51.100.150'
        const { there, id } = await killedBetween(`${CLIENTS.abusive},${other}`)
        const after = await resumed(there, id)
        expect(after.code, after.screen).toBe(0)
        const resolved = theOnly(journalOf(there, id), 'op.resolved').data
        expect(resolved).toMatchObject({ target: 'p2', verdict: 'done', evidence: 'p2 has 1 of 2' })
        expect((await listed()).map(entries => entries.length)).toEqual([3, 3])
        const undone = await takenBack(there, id)
        expect(undone.code, undone.stderr).toBe(0)
        expect(await listed()).toEqual([[BY_HAND], [BY_HAND]])
      })
    })
  },
)

/** Something between firebreak and that proxy, which passes on what it is told to. */
const passedOn = async ({ ip }: RunningProxy): Promise<{ readonly ip: string; readonly proxy: FaultProxy }> => {
  const here = ip.replace(/^10\.254/, '127.254')
  return { ip: here, proxy: await startFaultProxy({ host: here, port: ADMIN }, { host: ip, port: ADMIN }) }
}
