import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sightOf } from '../../src/commands/status/sight.js'
import { fileFilterRegister } from '../../src/fleet/filters/register.js'
import { haproxy } from '../../src/providers/haproxy/haproxy.js'
import { createProviders } from '../../src/providers/providers.js'
import type { RunningHaproxy } from '../conformance/haproxy-suite.js'
import { startHaproxy } from '../conformance/real-haproxy.js'
import { eachService } from '../conformance/service.js'
import { fastClock } from '../providers/clock.js'
import { tcpServer } from '../providers/servers.js'
import { okOf, testWire } from '../providers/wire.js'
import { firebreak, incidentsOf, type Machine, newMachine, start } from './firebreak.js'
import { stopAt } from './kill-at.js'
import { deniedAt, OVER, recordFor } from './standing.js'
import { standsStill } from './stands-still.js'

const BLOCKED = ['198.51.100.7/32', '203.0.113.0/25']
/** As HAProxy's own list and the operator of this test are protected, too. */
const CUSTOMER = '192.0.2.1 acme'

/** One cluster of that proxy, with an allowlist. */
const machineFor = (proxy: RunningHaproxy): Machine => {
  const machine = newMachine()
  const dir = path.join(machine.cwd, 'runbooks')
  mkdirSync(dir)
  writeFileSync(path.join(dir, 'allowed.txt'), `${CUSTOMER}\n`)
  const [shard1, shard2] = (['shard1', 'shard2'] as const).map(name => new URL(proxy.data(name)).port)
  writeFileSync(
    path.join(dir, 'fleet.yaml'),
    `clusters:
  edge:
    proxies:
      kind: haproxy
      discover: { static: [{ id: p1 }] }
      admin: ${proxy.admin}
      data: ${proxy.data('shard1')}
      deny_list: ${proxy.denyList}
      frontends: [{ name: shard1, port: ${shard1} }, { name: shard2, port: ${shard2} }]
      address: none
      min_healthy: 0
    filter_by: deny_list
guardrails:
  max_unavailable_proxies: 1
  failures: 2
  filter: { widest: { ipv4: 20, ipv6: 48 }, max_ttl: 4h, default_ttl: 30m }
allowlist: { files: [allowed.txt], max_age: 7d }
`,
  )
  return machine
}

eachService(
  'filters that stand',
  [{ name: 'HAProxy', binary: 'haproxy', start: startHaproxy('tcp') }],
  service => {
    let proxy: RunningHaproxy
    let machine: Machine
    let apply: readonly string[]
    let id: string

    /** Agreed to by the digest that a dry-run prints, and carried out. */
    beforeAll(async () => {
      proxy = await service.start()
      machine = machineFor(proxy)
      const asked = [
        'cluster=edge',
        `addresses=${BLOCKED}`,
        'ports=1-65535',
        'protocol=tcp',
        'operator=192.0.2.200',
      ]
      const action = ['do', 'ip-filter.apply', ...asked.flatMap(one => ['-w', one])]
      const rehearsed = await firebreak(machine, [...action, '--dry-run'])
      const [gates = ''] = /gates: \{.*\}$/m.exec(rehearsed.stderr + rehearsed.stdout) ?? []
      writeFileSync(path.join(machine.cwd, 'answers.yaml'), `${gates}\n`)
      apply = [...action, '--answers', 'answers.yaml']
      const before = incidentsOf(machine)
      const run = await firebreak(machine, apply)
      expect(run.code, run.stderr).toBe(0)
      id = incidentsOf(machine).find(one => !before.includes(one)) ?? ''
    })
    afterAll(() => proxy?.stop())

    const register = () => {
      const root = path.join(machine.state, 'filters')
      return fileFilterRegister(path.join(root, readdirSync(root)[0] ?? ''))
    }
    const standing = () => register().all()[0] ?? expect.fail('nothing stands')
    const status = async (): Promise<string> => (await firebreak(machine, ['status', id])).stdout
    const inRunbooks = (name: string) => path.join(machine.cwd, 'runbooks', name)

    it('are shown by the status of their incident, with the time that is left', async () => {
      expect(await status()).toMatch(
        new RegExp(
          `^filter {3}f-\\w+ at p1: stands; \\d+m.* left; ${BLOCKED.join(', ')} \\(tcp 1-65535\\)$`,
          'm',
        ),
      )
      expect(await status()).not.toMatch(/^hits/m)
    })

    it('and hit somebody who came into the allowlist: what takes them away is offered, and not done', async () => {
      writeFileSync(inRunbooks('allowed.txt'), `${CUSTOMER}\n203.0.113.77 newcomer\n`)
      const { filter } = standing()
      expect(await status()).toContain(
        `hits     ${filter} blocks 203.0.113.77/32 (newcomer), who is in the allowlist: \`firebreak do ip-filter.remove -w filters=${filter}\` takes it away\n`,
      )
      expect(await deniedAt(proxy)).toEqual(expect.arrayContaining(BLOCKED))
    })

    it('are compared with the last good copy where the allowlist is gone', async () => {
      rmSync(inRunbooks('allowed.txt'))
      expect(await status()).toMatch(
        /^hits {5}compared with the last good copy of the allowlist: .*allowed\.txt/m,
      )
    })

    it('are shown where the fleet file is gone, with a word on what cannot be compared', async () => {
      renameSync(inRunbooks('fleet.yaml'), inRunbooks('fleet.gone'))
      try {
        const shown = await status()
        expect(shown).toMatch(/^filter {3}f-\w+ at p1: stands;/m)
        expect(shown).toMatch(/^hits {5}unknown: .*fleet\.yaml cannot be read/m)
      } finally {
        renameSync(inRunbooks('fleet.gone'), inRunbooks('fleet.yaml'))
      }
    })

    it('are said to be there in part, or gone, as the proxy itself says', async () => {
      const at = haproxy(proxy.admin, proxy.wire)
      const [first, second] = standing().prefixes
      okOf(await at.allow(proxy.denyList, first ?? expect.fail()))
      expect(await status()).toContain(`at p1: only a part stands, without ${first};`)
      okOf(await at.allow(proxy.denyList, second ?? expect.fail()))
      expect(await status()).toMatch(/at p1: gone, /)
    })

    it('that are gone were taken away by somebody, or forgotten in a restart', async () => {
      const providers = createProviders(proxy.wire)
      const { clock } = proxy.wire
      const at = (putUpAt?: number) => sightOf(standing(), putUpAt, { clock, reach: { at: () => providers } })
      const hour = 3_600_000
      expect(await at(clock.now() - hour)).toMatch(
        /^gone, p1 has forgotten it: its HAProxy was restarted at \d/,
      )
      expect(await at(clock.now() + hour)).toBe('gone, somebody has taken it away at p1')
      expect(await at()).toBe(
        'gone, p1 has forgotten it: its HAProxy was restarted, or somebody has taken it away',
      )
    })

    it('are unknown where nobody answers', async () => {
      const dead = { admin: 'tcp://127.0.0.1:1', denyList: proxy.denyList }
      const far = recordFor(dead, { filter: 'f-far', prefixes: ['203.0.113.200/32'], incident: id })
      const place = { by: 'deny_list', proxy: 'p2', admin: dead.admin, list: dead.denyList } as const
      okOf(register().write({ ...far, place }))
      expect(await status()).toMatch(/^filter {3}f-far at p2: unknown: .*refused/m)
      okOf(register().strike({ ...far, place }))
    })

    it('are unknown, and soon, where somebody takes the question and never answers', async () => {
      const hole = await tcpServer(() => undefined)
      const clock = fastClock(20) // it waits a twentieth of the time
      const providers = createProviders(testWire({ clock }))
      const place = { by: 'deny_list', proxy: 'p2', admin: `tcp://127.0.0.1:${hole.port}`, list: '/x' } as const
      const sight = await sightOf({ ...standing(), place }, undefined, {
        clock,
        reach: { at: () => providers },
      })
      expect(sight).toBe('unknown: no answer within 2 s')
      await hole.close()
    })

    it('are taken away while a live process sits idle on the lock of their cluster', async () => {
      expect((await firebreak(machine, ['expire', standing().filter])).code).toBe(0)
      writeFileSync(inRunbooks('allowed.txt'), `${CUSTOMER}\n`)
      const child = start(machine, apply, { env: stopAt('journal.jsonl:apply.finished:before') })
      try {
        await standsStill(child.pid)
        const { filter } = standing()
        expect(await deniedAt(proxy)).toEqual(expect.arrayContaining(BLOCKED))
        // The lock is held: who wants to change the cluster is told by whom.
        const second = await firebreak(machine, apply)
        expect(second.code).not.toBe(0)
        expect(second.stderr).toContain(`process ${child.pid}`)
        const run = await firebreak(machine, ['expire', filter])
        expect(run).toMatchObject({ code: 0, stderr: '' })
        expect(run.stdout).toMatch(new RegExp(`^removed ${filter} at p1: `))
        for (const prefix of BLOCKED) expect(await deniedAt(proxy)).not.toContain(prefix)
      } finally {
        child.kill('SIGKILL')
        await child
      }
    })
  },
)

describe('filters of a drill', () => {
  it('are shown as its register has them, and nobody is asked: its world is gone', async () => {
    const machine = newMachine()
    expect((await firebreak(machine, ['drill', '--auto', '--seed', '6'])).code).toBe(0)
    const [id = ''] = incidentsOf(machine)
    const none = { admin: 'tcp://10.1.0.1:9999', denyList: '/x' }
    const folder = path.join(machine.state, 'incidents', id, 'filters')
    const record = recordFor(none, { filter: 'f-drill', prefixes: ['203.0.113.0/25'], incident: id })
    okOf(fileFilterRegister(folder).write(record))
    const shown = await firebreak(machine, ['status', id])
    expect(shown.stderr).toBe('')
    expect(shown.stdout).toContain('filter   f-drill at p1: 203.0.113.0/25 (tcp 11211-11212)\n')
    expect(shown.stdout).toContain('nobody looked')
    expect(await firebreak(machine, ['expire'])).toMatchObject({ code: 0, stdout: '', stderr: '' })
    expect(record.until).toBe(OVER)
    expect(existsSync(path.join(machine.state, 'filters'))).toBe(false)
  })
})
