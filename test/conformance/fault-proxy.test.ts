import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { haproxy } from '../../src/providers/haproxy/haproxy.js'
import { memcached } from '../../src/providers/memcached/memcached.js'
import { firebreak, incidentsOf, journalOf, type Machine, newMachine, ofType } from '../e2e/firebreak.js'
import { failureOf, okOf, testWire } from '../providers/wire.js'
import { freePort } from './child.js'
import { type FaultProxy, PASS, startFaultProxy, type Way } from './fault-proxy.js'
import type { RunningHaproxy } from './haproxy-suite.js'
import { startHaproxy } from './real-haproxy.js'
import { startMemcached } from './real-memcached.js'
import { eachService } from './service.js'

/** Long enough that nobody waits for it, whatever the machine. */
const HANGS: Way = { way: 'stall', after: 0 }

eachService(
  'in front of a faulty network',
  [{ name: 'HAProxy', binary: 'haproxy', start: startHaproxy('unix') }],
  service => {
    let real: RunningHaproxy
    let other: RunningHaproxy
    let between: FaultProxy
    let socket: string

    beforeEach(async () => {
      real = await service.start()
      other = await service.start()
      socket = path.join(mkdtempSync(path.join(tmpdir(), 'fb-between-')), 'admin.sock')
      between = await startFaultProxy({ path: socket }, { path: real.admin.replace('unix:', '') })
    })
    afterEach(async () => {
      await between.close()
      rmSync(path.dirname(socket), { recursive: true })
      await real.stop()
      await other.stop()
    })

    const machine = () => fleetOf(real.data('shard1'), [socket, other.admin])

    /** What the real HAProxy says of its frontends, asked past the faulty network. */
    const frontends = async (): Promise<string[]> =>
      okOf(await haproxy(real.admin, testWire()).stat()).flatMap(({ type, proxy, status }) =>
        type === 'frontend' && proxy.startsWith('shard') ? [`${proxy} ${status}`] : [],
      )
    const turned = () => between.arrived.filter(line => line.startsWith('disable frontend'))

    describe('proxy.connections', () => {
      const survey = async () => {
        const here = machine()
        const run = await firebreak(here, ['run', 'look', '-i', 'cluster=edge'])
        const [observed] = ofType(journalOf(here, only(here)), 'check.observed')
        return { run, observed: observed!.data }
      }

      it('waits for an answer that is late', async () => {
        between.decide(() => ({ way: 'delay', ms: 300 }))
        const { run, observed } = await survey()
        expect(run.code).toBe(0)
        expect(observed).toMatchObject({ verdict: 'pass', output: { unseen: [] } })
      })

      it.each<[string, Way]>([
        ['that takes the connection and never answers', { way: 'swallow' }],
        ['whose answer stalls in the middle', { way: 'stall', after: 200 }],
        ['whose answer is cut off in the middle', { way: 'cut', after: 200 }],
        ['that is cut off before its answer', { way: 'cut', after: 0 }],
      ])('does not take a proxy for fine %s', async (_, way) => {
        between.decide(() => way)
        const { run, observed } = await survey()
        expect(run.code).toBe(1)
        expect(observed).toMatchObject({ verdict: 'fail', output: { unseen: [{ id: 'p1' }], worst: ['p1'] } })
      })

      it('does not take a proxy for fine that refuses', async () => {
        await between.refuse()
        expect((await survey()).observed).toMatchObject({ output: { unseen: [{ id: 'p1' }] } })
      })
    })

    describe('proxy.drain', () => {
      /** Agrees to the plan that a dry-run showed, and goes through with it once the network is as told. */
      const drain = async (way: (line: string) => Way) => {
        const here = machine()
        await firebreak(here, ['run', 'drain', '--dry-run', '--auto'])
        const shown = ofType(journalOf(here, only(here)), 'plan.made')[0]?.data.plan?.digest
        writeFileSync(path.join(here.cwd, 'agreed.yaml'), `gates: { drain: { approve: ${shown} } }\n`)
        between.decide(way)
        const rehearsed = incidentsOf(here)
        const run = await firebreak(here, ['run', 'drain', '--answers', 'agreed.yaml'])
        const id = incidentsOf(here).find(one => !rehearsed.includes(one))!
        return { run, journal: journalOf(here, id) }
      }
      const onDisable = (way: Way) => (line: string) => (line.startsWith('disable') ? way : PASS)
      const SENT_ONCE = ['disable frontend shard1', 'disable frontend shard2']

      it('works where every answer is late', async () => {
        const { run } = await drain(() => ({ way: 'delay', ms: 200 }))
        expect(run.code).toBe(0)
        expect(turned().sort()).toEqual(SENT_ONCE)
        expect(await frontends()).toEqual(['shard1 PAUSED', 'shard2 PAUSED'])
      })

      it.each<[string, Way]>([
        ['cut', { way: 'cut', after: 0 }],
        ['never comes', HANGS],
      ])('finds out that it was done where the answer is lost (%s), and does nothing twice', async (_, way) => {
        const { run, journal } = await drain(onDisable(way))
        expect(run.code).toBe(0)
        const resolved = ofType(journal, 'op.resolved').map(({ data }) => data)
        expect(resolved).toMatchObject([
          { verdict: 'done', by: 'engine' },
          { verdict: 'done', by: 'engine' },
        ])
        expect(turned().sort()).toEqual(SENT_ONCE)
        expect(await frontends()).toEqual(['shard1 PAUSED', 'shard2 PAUSED'])
      })

      it('finds out that it was not done where the command never arrived: it has failed, and is not sent again', async () => {
        const { run, journal } = await drain(onDisable({ way: 'swallow' }))
        expect(run.code).toBe(4) // nobody is there to say how to go on
        const failed = ofType(journal, 'op.failed').map(({ data }) => data.failure.message)
        expect(failed).toHaveLength(2)
        for (const message of failed) expect(message).toMatch(/it was not done: .* open/)
        expect(turned()).toEqual([])
        expect(await frontends()).toEqual(['shard1 OPEN', 'shard2 OPEN'])
      })

      it('stays in doubt where nothing answers any more once it was sent: it says so, and does nothing', async () => {
        let gone = false
        const { run, journal } = await drain(line => {
          gone ||= line.startsWith('disable')
          return gone ? HANGS : PASS
        })
        expect(run.code).toBe(4)
        expect(ofType(journal, 'op.started').length).toBeGreaterThan(0)
        expect(ofType(journal, 'op.finished')).toEqual([])
        expect(ofType(journal, 'question.asked').at(-1)?.data.question.kind).toBe('in-doubt')
        expect(new Set(turned()).size).toBe(turned().length)
      })

      it('is not planned where the runtime API hangs: nothing is sent', async () => {
        const { run, journal } = await drain(() => ({ way: 'swallow' }))
        expect(run.code).toBe(4)
        expect(ofType(journal, 'plan.made')[0]?.data.failure).toMatchObject({ code: 'target.timeout' })
        expect(ofType(journal, 'op.started')).toEqual([])
        expect(await frontends()).toEqual(['shard1 OPEN', 'shard2 OPEN'])
      })
    })
  },
)

eachService(
  'in front of a faulty network',
  [{ name: 'memcached', binary: 'memcached', start: () => startMemcached() }],
  service => {
    let real: Awaited<ReturnType<typeof startMemcached>>
    let between: FaultProxy
    let port: number
    beforeEach(async () => {
      real = await service.start()
      port = await freePort()
      between = await startFaultProxy({ host: '127.0.0.1', port }, { host: '127.0.0.1', port: real.port })
    })
    afterEach(async () => {
      await between.close()
      await real.stop()
    })
    const shard = () => memcached(`tcp://127.0.0.1:${port}`, testWire())

    it('an answer that is late is an answer', async () => {
      between.decide(() => ({ way: 'delay', ms: 200 }))
      expect(okOf(await shard().version())).toMatch(/^\d/)
      expect(okOf(await shard().stats()).uptime).toMatch(/^\d/)
    })

    it.each<[string, Way, string]>([
      ['that never comes', { way: 'swallow' }, 'target.timeout'],
      ['that stalls in the middle', { way: 'stall', after: 5 }, 'target.timeout'],
      ['that is cut off in the middle', { way: 'cut', after: 5 }, 'target.protocol'],
      ['that is cut off before it begins', { way: 'cut', after: 0 }, 'target.protocol'],
    ])('an answer %s is none', async (_, way, code) => {
      between.decide(() => way)
      expect(failureOf(await shard().version()).code).toBe(code)
      expect(failureOf(await shard().stats()).code).toBe(code)
    })

    it('a connection that is refused is no answer', async () => {
      await between.refuse()
      expect(failureOf(await shard().version()).code).toBe('target.refused')
    })
  },
)

const only = (machine: Machine): string => {
  const [id, ...more] = incidentsOf(machine)
  if (id === undefined || more.length > 0) throw new Error('expected one incident')
  return id
}

/** Proxies p1 and p2 by their runtime APIs, served on `data`, and the two runbooks that are run on them. */
const fleetOf = (data: string, admins: readonly string[]): Machine => {
  const machine = newMachine()
  const targets = admins.map((admin, index) => `{ id: p${index + 1}, socket: "${admin.replace('unix:', '')}" }`)
  const runbooks = path.join(machine.cwd, 'runbooks')
  mkdirSync(runbooks)
  writeFileSync(
    path.join(runbooks, 'fleet.yaml'),
    `clusters:
  edge:
    proxies:
      kind: haproxy
      discover: { static: [${targets.join(', ')}] }
      admin: unix:{socket}
      data: ${data}
      frontends: [shard1, shard2]
      address: none
      min_healthy: 1
guardrails: { max_unavailable_proxies: 1, failures: 5 }
`,
  )
  writeFileSync(path.join(runbooks, 'look.yaml'), LOOK)
  writeFileSync(path.join(runbooks, 'drain.yaml'), DRAIN)
  return machine
}

const LOOK = `runbook: look
title: Look
inputs:
  cluster: { type: cluster }
steps:
  - id: survey
    check: proxy.connections
    with: { cluster: "\${{ inputs.cluster }}" }
    on_failure: { goto: bad }
  - id: good
    end: resolved
  - id: bad
    end: unresolved
`

const DRAIN = `runbook: drain
title: Drain
steps:
  - id: drain
    action: proxy.drain
    with: { proxies: [p1] }
  - id: over
    end: resolved
`
