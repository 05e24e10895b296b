import http from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ok } from '../../src/domain/result.js'
import { haproxy } from '../../src/providers/haproxy/haproxy.js'
import { createLocks } from '../../src/runtime/locks.js'
import type { RunningHaproxy } from '../conformance/haproxy-suite.js'
import { startHaproxy } from '../conformance/real-haproxy.js'
import { eachService } from '../conformance/service.js'
import {
  firebreak,
  incidentsOf,
  journalOf,
  type Machine,
  newMachine,
  ofType,
  onlyIncident,
  RUNBOOKS,
  textOf,
  theOnly,
} from './firebreak.js'
import { accepts, answering, machineWith } from './fleet-of-haproxies.js'
import { installed } from './installed.js'
import { KILLED, killAt } from './kill-at.js'
import { openTerminal } from './terminal.js'

const DRAIN = ['do', 'proxy.drain', '-w', 'proxies=p1']
const REFUSED = ['do', 'proxy.drain', '-w', 'proxies=p2']
const AT_AN_OP = 'journal.jsonl:op.started:after'

eachService(
  'an action outside of a runbook',
  [{ name: 'HAProxy', binary: 'haproxy', start: startHaproxy('unix') }],
  service => {
    let edge: RunningHaproxy
    let core: RunningHaproxy
    let machine: Machine

    beforeAll(async () => {
      edge = await service.start()
      core = await service.start()
    })
    afterAll(async () => {
      await edge?.stop()
      await core?.stop()
    })
    beforeEach(async () => {
      machine = machineWith(edge, core)
      for (const frontend of ['shard1', 'shard2']) await haproxy(edge.admin, edge.wire).enableFrontend(frontend)
    })

    const approving = async (args: readonly string[]): Promise<string[]> => {
      const { stdout, stderr } = await firebreak(machine, [...args, '--dry-run'])
      const digest = /digest ([0-9a-f]{64})/.exec(stderr)?.[1] ?? `none in ${stdout}${stderr}`
      return answering(machine, `gates: { ${(args[1] ?? '').replace('.', '_')}: { approve: ${digest} } }`)
    }

    /** The newest incident of its machine. */
    const newest = async (): Promise<string> =>
      (await firebreak(machine, ['incidents'])).stdout.split(' ')[0] ?? ''

    /** An incident of the runbook that asks, paused at its question. */
    const paused = async (): Promise<string> => {
      expect((await firebreak(machine, ['run', 'asking'])).code).toBe(4)
      return onlyIncident(machine)
    }

    it('is shown by a dry-run, carried out by the digest that it printed, and taken back', async () => {
      const shown = await firebreak(machine, [...DRAIN, '--dry-run'])
      expect(shown.code, shown.stderr).toBe(0)
      expect(shown.stdout).toContain('Nothing was changed')
      expect(await accepts(edge)).toBe(true)
      const [line] = /gates: .*/.exec(shown.stdout) ?? ['nothing']

      const done = await firebreak(machine, [...DRAIN, ...answering(machine, line)])
      expect(done.code, done.stderr).toBe(0)
      expect(done.stdout).toContain('Done: no new connections to p1')
      expect(await accepts(edge)).toBe(false)
      const id = await newest()
      expect(theOnly(journalOf(machine, id), 'incident.ended').data.outcome).toBe('mitigated')
      expect((await firebreak(machine, ['status', id])).stdout).toContain('do proxy.drain proxies=p1')

      const [digest] = /digest [0-9a-f]{64}/.exec(
        (await firebreak(machine, ['undo', id, '--dry-run'])).stderr,
      ) ?? ['']
      const gate = `gates: { undo: { approve: ${digest.slice('digest '.length)} } }`
      const undone = await firebreak(machine, ['undo', id, ...answering(machine, gate)])
      expect(undone.code, undone.stderr).toBe(0)
      expect(await accepts(edge)).toBe(true)
      expect((await firebreak(machine, ['journal', 'verify', id])).code).toBe(0)
    })

    it('is nothing to do where it is so already, and that is no failure', async () => {
      const { code, stdout } = await firebreak(machine, ['do', 'proxy.enable', '-w', 'proxies=p1'])
      expect(code).toBe(0)
      expect(stdout).toContain('There was nothing to do')
    })

    it('pauses at its gate where nobody is there, and is gone on with without any file of a runbook', async () => {
      const before = await firebreak(machine, DRAIN)
      expect(before.code).toBe(4)
      const id = onlyIncident(machine)
      expect(before.stderr).toContain(`firebreak resume ${id}`)
      const approve = await approving(DRAIN)
      const resumed = await firebreak(machine, ['resume', id, ...approve])
      expect(resumed.code, resumed.stderr).toBe(0)
      expect(resumed.stderr).not.toContain('no longer the one')
      expect(await accepts(edge)).toBe(false)
    })

    it('is not carried out by the digest of another plan', async () => {
      const { code } = await firebreak(machine, [
        ...DRAIN,
        ...answering(machine, `gates: { proxy_drain: { approve: ${'f'.repeat(64)} } }`),
      ])
      expect(code).toBe(4)
      expect(await accepts(edge)).toBe(true)
    })

    it('takes no inputs from an answers file: what it is given stands on the command line', async () => {
      const { code, stderr } = await firebreak(machine, [
        ...DRAIN,
        ...answering(machine, 'inputs: { proxies: p1 }'),
      ])
      expect(code).toBe(1)
      expect(stderr).toContain('-w key=value')
      expect((await firebreak(machine, ['incidents'])).stdout).toBe('')
    })

    it('exits with 3 where it is declined, and asks nothing more', async () => {
      const { code, stdout } = await firebreak(machine, [
        ...DRAIN,
        ...answering(machine, 'gates: { proxy_drain: decline }'),
      ])
      expect(code).toBe(3)
      expect(stdout).toContain('Nothing was done: declined by answers')
      expect(await accepts(edge)).toBe(true)
      expect(theOnly(journalOf(machine, onlyIncident(machine)), 'incident.ended').data.outcome).toBe('aborted')
    })

    it('exits with 3 where a guardrail refuses it, with and without effects', async () => {
      const rehearsed = await firebreak(machine, [...REFUSED, '--dry-run'])
      expect(rehearsed.code).toBe(3)
      expect(rehearsed.stdout).not.toContain('gates:')
      const live = await firebreak(machine, [
        ...REFUSED,
        ...answering(machine, 'gates: { proxy_drain: decline }'),
      ])
      expect(live.code).toBe(3)
      expect(live.stdout).toContain('min_healthy is 1')
      expect(await accepts(core)).toBe(true)
    })

    it('exits with 1 where it cannot be planned, and says what to do next', async () => {
      const { code, stdout } = await firebreak(machine, ['do', 'proxy.drain', '-w', 'proxies=p9'])
      expect(code).toBe(1)
      expect(stdout).toMatch(/It failed: .*p9.* Next: /)
    })

    it('that was killed in its middle is gone on with, and does nothing twice', async context => {
      installed('tmux', context)
      const approve = await approving(DRAIN)
      const rehearsed = incidentsOf(machine)
      const killed = await firebreak(machine, [...DRAIN, ...approve], { env: killAt(AT_AN_OP) })
      expect(killed.signal).toBe(KILLED)
      const [id = ''] = incidentsOf(machine).filter(one => !rehearsed.includes(one))
      expect(journalOf(machine, id).at(-1)?.type).toBe('op.started')

      const asked = await firebreak(machine, ['resume', id])
      expect(asked.code).toBe(4) // it asks how to go on, and nobody is there
      expect(asked.stderr).toContain('was not answered')
      const terminal = await openTerminal(machine, ['resume', id])
      await terminal.says('continue / undo / abort')
      await terminal.press('continue', 'Enter')
      expect(await terminal.ended(), await terminal.screen()).toBe(0)
      const finished = ofType(journalOf(machine, id), 'op.finished').map(({ data }) => data.op)
      expect(new Set(finished).size).toBe(finished.length)
      expect(await accepts(edge)).toBe(false)
      expect(theOnly(journalOf(machine, id), 'incident.ended').data.outcome).toBe('mitigated')
    })

    it('asks at a terminal for what is missing, shows the same by hand, and takes consent', async context => {
      installed('tmux', context)
      const terminal = await openTerminal(machine, ['do', 'proxy.drain'], { columns: 120, rows: 40 })
      await terminal.says('Ids of the proxies')
      await terminal.press('p1', 'Enter')
      await terminal.says('approve / decline (? for more):')
      await terminal.press('x', 'Enter')
      await terminal.says('disable frontend shard1')
      await terminal.press('approve', 'Enter')
      expect(await terminal.ended()).toBe(0)
      expect(await terminal.screen()).toContain('Done: no new connections to p1')
      expect(await accepts(edge)).toBe(false)
    })

    describe('beside the runbook of an open incident', () => {
      it('is in its record, leaves it where it stood, and is taken back with it', async () => {
        const id = await paused()
        const args = [...DRAIN, '--incident', id]
        const text = textOf(machine, id)
        const approve = await approving(args)
        expect(textOf(machine, id)).toBe(text) // a rehearsal leaves no trace
        const done = await firebreak(machine, [...args, ...approve])
        expect(done.code, done.stderr).toBe(0)
        expect(await accepts(edge)).toBe(false)
        expect(incidentsOf(machine)).toEqual([id])
        expect(ofType(journalOf(machine, id), 'op.started').map(({ frame }) => frame)).toEqual(['do#1', 'do#1'])

        const status = await firebreak(machine, ['status', id])
        expect(status.stdout).toContain('next     ask in step sure')
        const shown = await firebreak(machine, ['undo', id, '--dry-run'])
        expect(shown.stderr).toContain('Take back what proxy_drain did: 2 changes')

        const ended = await firebreak(machine, ['resume', id, ...answering(machine, 'answers: { sure: yes }')])
        expect(ended.code, ended.stderr).toBe(0)
        expect((await firebreak(machine, ['journal', 'verify', id])).code).toBe(0)
      })

      it('that is declined changes nothing there but the record, and exits with 3', async () => {
        const id = await paused()
        const declined = await firebreak(machine, [
          ...DRAIN,
          '--incident',
          id,
          ...answering(machine, 'gates: { proxy_drain: decline }'),
        ])
        expect(declined.code).toBe(3)
        expect(await accepts(edge)).toBe(true)
        expect((await firebreak(machine, ['status', id])).stdout).toContain('status   paused')
      })

      it('that was killed is asked about before the runbook goes on', async context => {
        installed('tmux', context)
        const id = await paused()
        const args = [...DRAIN, '--incident', id]
        const approve = await approving(args)
        const killed = await firebreak(machine, [...args, ...approve], { env: killAt(AT_AN_OP) })
        expect(killed.signal).toBe(KILLED)
        expect(journalOf(machine, id).at(-1)?.type).toBe('op.started')

        const second = await firebreak(machine, args)
        expect(second.code).toBe(3)
        expect(second.stderr).toContain('another action outside of its runbook is under way')

        const terminal = await openTerminal(machine, ['resume', id], { columns: 120, rows: 40 })
        await terminal.says('continue / undo / leave')
        await terminal.press('continue', 'Enter')
        await terminal.says('yes / no')
        await terminal.press('yes', 'Enter')
        expect(await terminal.ended()).toBe(0)
        expect(await accepts(edge)).toBe(false)
      })

      it('that somebody is at is left alone, and it is said how to get it', async context => {
        installed('tmux', context)
        const terminal = await openTerminal(machine, ['run', 'asking'])
        await terminal.says('yes / no')
        const id = onlyIncident(machine)
        const text = textOf(machine, id)
        const refused = await firebreak(machine, [...DRAIN, '--incident', id])
        expect(refused.code).toBe(3)
        expect(refused.stderr).toContain(`firebreak take ${id}`)
        expect(textOf(machine, id)).toBe(text)
      })

      it('that has ended is refused, and so is a fleet file of another one', async () => {
        const id = await paused()
        await firebreak(machine, ['resume', id, ...answering(machine, 'answers: { sure: yes }')])
        const over = await firebreak(machine, [...DRAIN, '--incident', id])
        expect(over.code).toBe(3)
        expect(over.stderr).toContain('it has ended: resolved')
        const fleet = await firebreak(machine, [...DRAIN, '--incident', id, '--fleet', 'other.yaml'])
        expect(fleet.code).toBe(2)
      })
    })

    it('is refused where another incident is at work on that cluster, and it is said which', async () => {
      const approve = await approving(DRAIN)
      const { namespace } = theOnly(journalOf(machine, onlyIncident(machine)), 'incident.opened').data.fleet
      const locks = createLocks({
        dir: path.join(machine.state, 'locks', namespace),
        incident: 'another-one',
        ownership: { mark: { host: 'here', pid: process.pid, fence: 1 }, holds: () => ok(null) },
      })
      expect(await locks.acquire(['cluster:edge'])).toEqual(ok(['cluster:edge']))
      const second = await firebreak(machine, [...DRAIN, ...approve])
      expect(second.code).toBe(3)
      expect(second.stdout).toContain('is being worked on under another-one')
      expect(await accepts(edge)).toBe(true)
      await locks.releaseAll()
    })

    it('is not carried out where it was done meanwhile: the plan is made again first', async context => {
      installed('tmux', context)
      const first = await openTerminal(machine, DRAIN, { columns: 120, rows: 40 })
      await first.says('approve / decline')
      const approve = await approving(DRAIN)
      expect((await firebreak(machine, [...DRAIN, ...approve])).code).toBe(0)
      await first.press('approve', 'Enter')
      expect(await first.ended()).toBe(0)
      expect(await first.screen()).toContain('There was nothing to do')
    })
  },
)

describe('firebreak do', () => {
  it.each([
    [['do'], 'do what?', 'Accepts again on every stopped frontend'],
    [['do', 'proxy.dran'], 'there is no action proxy.dran', 'did you mean proxy.drain?'],
    [['do', 'proxy.drain'], 'proxy.drain needs proxies', '-w proxies=  Ids of the proxies'],
    [['do', 'proxy.drain', '-w', 'proxes=p1'], 'proxy.drain has no proxes', 'did you mean proxies?'],
    [['do', 'proxy.drain', '-w', 'proxies=[1]'], '`proxies[0]` must be text', 'put it in quotes'],
    [['do', 'proxy.drain', '-w', 'proxies=p1', '--auto'], '--auto on a real fleet', '--dry-run'],
    [['do', 'proxy.drain', '-w', 'proxies=p1', '--incident', 'none'], 'there is no incident none', 'next'],
  ])('%j is refused with what would be right', async (args, why, right) => {
    const { code, stderr, stdout } = await firebreak(newMachine(), args)
    expect(code).toBe(2)
    expect(stderr).toContain(why)
    expect(stderr).toContain(right)
    expect(stdout).toBe('')
  })

  it('asks for a typed word where nothing takes it back, and does nothing on a wrong one', async context => {
    installed('tmux', context)
    const seen: string[] = []
    const server = http.createServer((request, response) => {
      seen.push(`${request.method} ${request.url}`)
      response.end()
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo // it listens on a port, not on a socket
    const url = `http://127.0.0.1:${port}/flush`
    const machine = newMachine()
    const args = ['do', 'http.request', '-w', 'method=POST', '-w', `url=${url}`, '--runbooks', RUNBOOKS]
    const terminal = await openTerminal(machine, args, { columns: 120, rows: 40 })
    try {
      await terminal.says('approve / decline')
      await terminal.press('approve', 'Enter')
      await terminal.says(/Type (\S+) to confirm/)
      await terminal.press('yes', 'Enter')
      await terminal.says('That is not')
      expect(seen).toEqual([])
      const [, word = ''] = /Type (\S+) to confirm/.exec(await terminal.screen()) ?? []
      await terminal.press(word, 'Enter')
      expect(await terminal.ended(), await terminal.screen()).toBe(0)
      expect(seen).toEqual(['POST /flush'])
    } finally {
      server.close()
    }
  })

  it('acts in a drill that is paused, and the drill goes on to its score', async () => {
    const machine = newMachine()
    const killed = await firebreak(machine, ['drill', '--auto', '--seed', '3'], {
      env: killAt('journal.jsonl:8:after'),
    })
    expect(killed.signal).toBe(KILLED)
    const id = onlyIncident(machine)
    const proxies = proxiesOf(machine, id)
    const done = await firebreak(machine, [
      ...['do', 'proxy.drain', '-w', `proxies=${proxies.at(-1)}`],
      ...['--incident', id, '--auto'],
    ])
    expect(done.code, done.stderr).toBe(0)
    expect(ofType(journalOf(machine, id), 'op.finished').length).toBeGreaterThan(0)
    const played = await firebreak(machine, ['resume', id, '--auto'])
    expect(ofType(journalOf(machine, id), 'drill.scored'), played.stderr).toHaveLength(1)
  })
})

/** Ids of the proxies of a drill's cluster, as its first look saw them. */
const proxiesOf = (machine: Machine, id: string): string[] => {
  const { output } = ofType(journalOf(machine, id), 'check.observed')[0]?.data ?? {}
  return [...JSON.stringify(output).matchAll(/"(i-[0-9a-f]+)"/g)].flatMap(([, proxy]) => proxy ?? [])
}
