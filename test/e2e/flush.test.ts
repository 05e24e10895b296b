import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
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
  start,
  theOnly,
  worldLog,
} from './firebreak.js'
import { installed } from './installed.js'
import { KILLED, killAt, stopAt } from './kill-at.js'
import { type Shard, startShard } from './memcached.js'
import { ANSWERS, rehearse, rehearseAndRun } from './rehearsed.js'
import { standsStill } from './stands-still.js'
import { openTerminal } from './terminal.js'

const INTERRUPTED = 'continue / undo / abort (? for more):'

eachService(
  'flushing shards of a real fleet',
  [{ name: 'memcached', binary: 'memcached', start: () => startShard() }],
  service => {
    let shards: readonly [Shard, Shard, Shard, Shard]
    beforeAll(async () => {
      shards = [await service.start(), await service.start(), await service.start(), await startShard('-F')]
    })
    afterAll(async () => {
      for (const shard of shards) await shard.stop()
    })
    /** How often each of the first three was flushed before the test. */
    let before: readonly number[]
    beforeEach(async () => {
      for (const shard of shards) await shard.fill()
      before = await counts()
    })

    const counts = () => Promise.all(shards.slice(0, 3).map(shard => shard.flushes()))
    const flushed = async () => (await counts()).map((count, index) => count - (before[index] ?? 0))
    const holding = () => Promise.all(shards.map(shard => shard.holds('k500')))
    const fleetOf = (more = {}) => fleetWith(shards, more)

    it('empties those that were chosen, one after the other, and no other', async () => {
      const machine = fleetOf()
      const { runs, live, id } = await rehearseAndRun(machine, 'two')
      for (const { stderr } of runs) {
        expect(stderr).toContain('Flush s1, s2: 2 of 3 shards of edge, one every 1s')
        expect(stderr).toContain('share of what edge holds: 67 %')
        expect(stderr).toContain('items in s2: 1000')
      }
      expect(live.code, live.stderr).toBe(0)
      expect(await flushed()).toEqual([1, 1, 0])
      expect(await holding()).toEqual([false, false, true, true])

      const journal = journalOf(machine, id)
      expect(theOnly(journal, 'gate.decided').data).toMatchObject({ level: 'typed', typed: 'edge 2' })
      expect(ofType(journal, 'op.started').map(({ data }) => `${data.kind} ${data.target}`)).toEqual([
        ...['count-flushes s1', 'flush s1', 'pause s2', 'count-flushes s2', 'flush s2'],
      ])
      const [paused] = ofType(journal, 'op.started').filter(({ data }) => data.kind === 'pause')
      const [next] = ofType(journal, 'op.started').filter(({ data }) => data.op.endsWith('/count@s2'))
      expect(Date.parse(next?.at ?? '') - Date.parse(paused?.at ?? '')).toBeGreaterThanOrEqual(1_000)
    })

    it('a rehearsal flushes nothing', async () => {
      const { code } = await rehearse(fleetOf(), 'two')
      expect(code).toBe(0)
      expect(await flushed()).toEqual([0, 0, 0])
    })

    const refusedAfter = async (machine: Machine) => {
      const told = await flushed()
      const { live, id } = await rehearseAndRun(machine, 'third')
      expect(live.code).toBe(4) // nobody is there to override it
      expect(await flushed()).toEqual(told)
      const asked = ofType(journalOf(machine, id), 'question.asked').map(({ data }) => data.question)
      expect(asked).toMatchObject([{ gate: { level: 'refused', guardrails: ['flush'] } }])
      return asked[0]?.gate?.reasons.join()
    }

    it('what an incident flushed is counted in the next one, when it has ended, too', async () => {
      const machine = fleetOf({ most: 0.34 })
      expect((await rehearseAndRun(machine, 'first')).live.code).toBe(0)
      expect(await flushed()).toEqual([1, 0, 0])
      expect(await refusedAfter(machine)).toMatch(
        /^67 % of edge would be flushed within 1h, 33 % before this plan; flush.max_fraction is 34 %;/,
      )
    })

    it('what an incident has perhaps flushed that nobody works on is counted in the next one', async () => {
      const machine = fleetOf({ most: 0.34 })
      await rehearse(machine, 'first')
      const env = killAt('journal.jsonl:op.finished/flush:before')
      const dead = await start(machine, ['run', 'first', '--answers', ANSWERS], { env })
      expect(dead.signal).toBe(KILLED)
      expect(await flushed()).toEqual([1, 0, 0])
      expect(await refusedAfter(machine)).toContain('33 % before this plan')
    })

    it('a server that was started with -F is named before anything is flushed', async () => {
      const machine = fleetOf({ kept: true })
      const { code, stderr } = await firebreak(machine, ['run', 'all'])
      expect(code).toBe(1)
      expect(stderr).toContain(`s4 (tcp://127.0.0.1:${shards[3].port}) cannot be flushed`)
      expect(stderr).toContain('-F')
      const journal = journalOf(machine, onlyIncident(machine))
      expect(ofType(journal, 'op.started')).toEqual([])
      expect(await flushed()).toEqual([0, 0, 0])
    })

    describe('stopped in the middle', () => {
      beforeEach(context => {
        installed('tmux', context)
      })

      it.each([
        ['before the first flush is sent', 'op.started/flush:after', [0, 0, 0]],
        ['when it was sent, and not yet written down as done', 'op.finished/flush:before', [1, 0, 0]],
        ['between two shards', 'op.started/pause:after', [1, 0, 0]],
      ] as const)(
        'by a kill %s, it goes on with those that are left, and flushes none twice',
        async (_, moment, then) => {
          const machine = fleetOf()
          await rehearse(machine, 'two')
          const env = killAt(`journal.jsonl:${moment}`)
          const dead = await start(machine, ['run', 'two', '--answers', ANSWERS], { env })
          expect(dead.signal).toBe(KILLED)
          expect(await flushed()).toEqual(then)
          await goOn(machine)
          expect(await flushed()).toEqual([1, 1, 0])
          expect(await holding()).toEqual([false, false, true, true])
        },
      )

      it('by a signal between two shards, it pauses there, and goes on', async () => {
        const machine = fleetOf()
        await rehearse(machine, 'two')
        const env = stopAt('journal.jsonl:op.started/pause:after')
        const child = start(machine, ['run', 'two', '--answers', ANSWERS], { env })
        await standsStill(child.pid)
        child.kill('SIGTERM')
        child.kill('SIGCONT')
        expect((await child).exitCode).toBe(4)
        expect(await flushed()).toEqual([1, 0, 0])
        await goOn(machine)
        expect(await flushed()).toEqual([1, 1, 0])
      })
    })
  },
)

describe('flushing a shard of a drill', () => {
  it('empties it, and is verified when it is warm again', async () => {
    const machine = newMachine()
    const dir = path.join(machine.cwd, 'runbooks')
    mkdirSync(path.join(dir, 'drills'), { recursive: true })
    cpSync(path.join(RUNBOOKS, 'fleet.yaml'), path.join(dir, 'fleet.yaml'))
    writeFileSync(path.join(dir, 'staged.yaml'), STAGED)
    writeFileSync(path.join(dir, 'drills', 'stale.yaml'), STALE)
    const { code, stderr } = await firebreak(machine, ['drill', 'stale', '--auto'])
    expect(code, stderr).toBe(0)
    const id = onlyIncident(machine)
    const journal = journalOf(machine, id)
    const [shard] = ofType(journal, 'op.finished').map(({ data }) => data.target)
    expect(worldLog(machine, id).map(({ operation, args }) => [operation, args.instance])).toEqual([
      ['flush_all', shard],
    ])
    const looks = ofType(journal, 'check.observed').map(({ data }) => data.verdict)
    expect([looks[0], looks[1], looks.at(-1)]).toEqual(['pass', 'fail', 'pass'])
  })
})

const STAGED = `
runbook: staged
title: Flush in stages
inputs:
  cluster: { type: cluster }
steps:
  - id: shards
    check: cache.shards
    with: { cluster: "\${{ inputs.cluster }}" }
  - id: clear
    action: cache.flush
    with: { cluster: "\${{ inputs.cluster }}", shards: "\${{ [steps.shards.shards[0].id] }}" }
    verify: { again: shards, within: 20m }
  - id: done
    end: resolved
`

const STALE = `
scenario: stale
title: A release wrote what no client can read
runbook: staged
inputs: { cluster: us-east-c1 }
clusters:
  us-east-c1: { proxies: 6, shards: 4, connections: 400, limit: 4000 }
faults: []
`

/** In a process of its own, at a terminal: nobody but a person says how to go on after an interruption. */
const goOn = async (machine: Machine): Promise<void> => {
  const id = incidentsOf(machine).find(
    one => theOnly(journalOf(machine, one), 'incident.opened').data.mode.effects === 'applied',
  )
  const terminal = await openTerminal(machine, ['resume', `${id}`], { columns: 120, rows: 40 })
  await terminal.says(INTERRUPTED)
  await terminal.press('continue', 'Enter')
  expect(await terminal.ended(), await terminal.screen()).toBe(0)
}

const flush = (shards: string): string => `
  - id: clear
    action: cache.flush
    with: { cluster: edge, shards: ${shards}, stagger: 1s }
    on_failure: { goto: bad }
  - id: good
    end: resolved
  - id: bad
    end: unresolved
`

const CHOSEN = { two: '[s1, s2]', first: '[s1]', third: '[s3]', all: 'all' }

/** `kept`: the one that refuses is in the cluster, too. */
const fleetWith = (
  shards: readonly Shard[],
  { most = 1, kept = false }: { readonly most?: number; readonly kept?: boolean },
): Machine => {
  const machine = newMachine()
  const dir = path.join(machine.cwd, 'runbooks')
  const targets = shards
    .slice(0, kept ? 4 : 3)
    .map(({ port }, index) => `{ id: s${index + 1}, port: "${port}" }`)
  mkdirSync(dir)
  writeFileSync(
    path.join(dir, 'fleet.yaml'),
    `
clusters:
  edge:
    proxies:
      kind: haproxy
      discover: { static: [{ id: p1, socket: /nonexistent/admin.sock }] }
      admin: unix:{socket}
      data: tcp://127.0.0.1:1
      frontends: [shard1]
      address: none
      min_healthy: 0
    shards:
      kind: memcached
      discover: { static: [${targets.join(', ')}] }
      data: tcp://127.0.0.1:{port}
guardrails:
  max_unavailable_proxies: 1
  failures: 2
  flush: { max_fraction: ${most}, per: 1h }
`,
  )
  for (const [name, ids] of Object.entries(CHOSEN))
    writeFileSync(path.join(dir, `${name}.yaml`), `runbook: ${name}\ntitle: Flush\nsteps:${flush(ids)}`)
  return machine
}
