import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { haproxy } from '../../src/providers/haproxy/haproxy.js'
import { memcached } from '../../src/providers/memcached/memcached.js'
import { verbosityOf } from '../../src/providers/memcached/verbosity.js'
import { freePort } from '../conformance/child.js'
import type { RunningHaproxy } from '../conformance/haproxy-suite.js'
import { startHaproxy } from '../conformance/real-haproxy.js'
import { startMemcached } from '../conformance/real-memcached.js'
import { type RunningSshd, startSshd } from '../conformance/real-sshd.js'
import { eachService } from '../conformance/service.js'
import { mastersIn, untilGone } from '../conformance/ssh-processes.js'
import { okOf, testWire } from '../providers/wire.js'
import { firebreak, journalOf, type Machine, newMachine, ofType, onlyIncident } from './firebreak.js'
import { rehearseAndRun } from './rehearsed.js'

/** Two proxies and a shard that only ssh leads to, but for their data paths. */
type Site = {
  readonly sshd: RunningSshd
  readonly proxies: readonly RunningHaproxy[]
  readonly ports: { readonly shard1: number; readonly shard2: number }
  readonly shard: string
  readonly stop: () => Promise<void>
}

const ADDRESSES = ['127.0.0.2', '127.0.0.3'] as const

const startSite = async (): Promise<Site> => {
  const ports = { shard1: await freePort(), shard2: await freePort() }
  const sshd = await startSshd({ addresses: ['127.0.0.1', ...ADDRESSES] })
  const proxies = await Promise.all(ADDRESSES.map(address => startHaproxy('unix', address, ports)()))
  const shard = await startMemcached('-v')
  return {
    sshd,
    proxies,
    ports,
    shard: `tcp://127.0.0.1:${shard.port}`,
    stop: async () => {
      for (const one of [...proxies, sshd, shard]) await one.stop()
    },
  }
}

eachService(
  'a fleet behind ssh',
  [{ name: 'HAProxy', binary: 'haproxy', also: 'sshd', start: startSite }],
  service => {
    let site: Site
    beforeAll(async () => {
      site = await service.start()
    })
    afterAll(() => site?.stop())

    const frontendsOf = async (index: number) =>
      okOf(await haproxy(site.proxies[index]?.admin ?? '', testWire()).stat())
        .filter(({ type }) => type === 'frontend')
        .map(({ status }) => status)
    const verbosity = async () => okOf(await verbosityOf(memcached(site.shard, testWire())))

    it('is surveyed, drained, told to log less, and brought back as it was', async () => {
      const { machine, marks } = machineAt(site)
      const { live, runs, id } = await rehearseAndRun(machine, 'calm-down')
      for (const run of runs) expect(run.code, run.stderr).toBe(0)
      const looks = ofType(journalOf(machine, id), 'check.observed')
      expect(looks.map(({ data }) => data.step)).toEqual(['survey', 'drain', 'note_it', 'quiet']) // and verified
      expect(looks[0]?.data.output).toMatchObject({ proxies: [{ id: 'p1' }, { id: 'p2' }], unseen: [] })
      expect(await frontendsOf(0)).toEqual(['PAUSED', 'PAUSED'])
      expect(await frontendsOf(1)).toEqual(['OPEN', 'OPEN'])
      expect(marks.map(existsSync)).toEqual([true, true])
      expect(await verbosity()).toBe(0)
      expect(live.stdout).toContain('The incident is resolved')

      const shown = await firebreak(machine, ['undo', id, '--dry-run'])
      const digest = /digest ([0-9a-f]{64})/.exec(shown.stderr)?.[1] ?? expect.fail(shown.stderr)
      writeFileSync(path.join(machine.cwd, 'undo.yaml'), `gates: { undo: { approve: ${digest} } }\n`)
      const undone = await firebreak(machine, ['undo', id, '--answers', 'undo.yaml'])
      expect(undone.code, undone.stderr).toBe(0)
      expect(await frontendsOf(0)).toEqual(['OPEN', 'OPEN'])
      expect(marks.map(existsSync)).toEqual([false, false])
      expect(await verbosity()).toBe(1)

      await untilGone(await mastersIn(machine.dir))
      expect(readdirSync(path.join(machine.dir, 'tmp'))).toEqual([])
      expect(readdirSync(machine.home)).toEqual([]) // nothing was learnt, nothing written
    })

    it('is found in order by the doctor, who goes the same way', async () => {
      const { machine } = machineAt(site)
      const { stdout } = await firebreak(machine, ['doctor', '--json'])
      const { rows }: { rows: readonly { check: string }[] } = JSON.parse(stdout)
      const hosts = ADDRESSES.map(address => `ssh://${address}:${site.sshd.port}`)
      const found = rows.filter(({ check }) => check === 'ssh')
      expect(found).toEqual(hosts.map(target => expect.objectContaining({ target, state: 'ok' })))
      await untilGone(await mastersIn(machine.dir))
    })

    it('leaves no connection behind where it pauses', async () => {
      const { machine } = machineAt(site)
      const paused = await firebreak(machine, ['run', 'calm-down'])
      expect(paused.code, paused.stderr).toBe(4) // nobody is there to agree to a plan
      await untilGone(await mastersIn(machine.dir))
      const journal = journalOf(machine, onlyIncident(machine))
      expect(ofType(journal, 'op.started')).toEqual([])
    })
  },
)

/** A fleet file and a runbook, as an SRE team would have them in git. */
const machineAt = ({ sshd, proxies, ports, shard }: Site): { machine: Machine; marks: readonly string[] } => {
  const machine = newMachine()
  const marks = ['mark', 'quiet'].map(name => path.join(machine.dir, name))
  const targets = proxies.map(({ admin }, index) => {
    const socket = admin.slice('unix:/'.length)
    return `{ id: p${index + 1}, private_ip: ${ADDRESSES[index]}, socket: "${socket}" }`
  })
  const fleet = `
clusters:
  edge:
    proxies:
      kind: haproxy
      discover: { static: [${targets.join(', ')}] }
      admin: ssh://{private_ip}/{socket}
      data: tcp://{private_ip}:${ports.shard1}
      frontends: [shard1, { name: shard2, port: ${ports.shard2} }]
      min_healthy: 1
    shards:
      kind: memcached
      discover: { static: [{ id: s1 }] }
      data: ${shard}
guardrails:
  max_unavailable_proxies: 1
  failures: 2
  commands: [[touch], [rm, -f]]
ssh: { port: ${sshd.port}, config: ${sshd.settings.config} }
log: { throttle: [touch, "${marks[1]}"], restore: [rm, -f, "${marks[1]}"] }
`
  const dir = path.join(machine.cwd, 'runbooks')
  mkdirSync(dir)
  writeFileSync(path.join(dir, 'fleet.yaml'), fleet)
  writeFileSync(path.join(dir, 'calm-down.yaml'), runbook(marks[0] ?? ''))
  return { machine, marks }
}

const runbook = (mark: string): string => `
runbook: calm-down
title: Calm down
steps:
  - id: survey
    check: proxy.connections
    with: { cluster: edge }
  - id: drain
    action: proxy.drain
    with: { proxies: [p1] }
    verify: { again: survey, within: 1m }
  - id: note_it
    action: ssh.run
    with: { targets: [p1, s1], argv: [touch, "${mark}"], undo: [rm, -f, "${mark}"] }
    verify: { again: survey, within: 1m }
  - id: quiet
    action: log.throttle
    with: { cluster: edge }
    verify: { again: survey, within: 1m }
  - id: done
    end: resolved
`
