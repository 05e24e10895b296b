import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import {
  ADMIN_PORT,
  DATA_PORT,
  type RealProxies,
  type RealProxy,
  startProxies,
} from '../conformance/real-proxies.js'
import { eachService } from '../conformance/service.js'
import { talkOver } from '../providers/talk-over.js'
import { firebreak, journalOf, type Machine, newMachine, ofType, type Run } from './firebreak.js'
import { rehearseAndRun } from './rehearsed.js'

const start = () => startProxies(2, { shard1: ['a', 'b'], shard2: ['c', 'd'] })

eachService('actions on traffic', [{ name: 'HAProxy', binary: 'haproxy', start }], service => {
  let running: RealProxies
  beforeEach(async () => {
    running = await service.start()
  })
  afterEach(() => running.stop())

  const onEach = <T>(look: (proxy: RealProxy) => Promise<T>): Promise<T[]> =>
    Promise.all(running.proxies.map(look))

  it('rebalances every proxy by the plan that was rehearsed, and undoes it in another process', async () => {
    const machine = machineWith(running, REBALANCE)
    const { live, id } = await rehearseAndRun(machine, 'traffic')
    expect(live.code, live.stderr).toBe(0)
    const set = { 'shard1/a': 0, 'shard1/b': 200, 'shard2/c': 3, 'shard2/d': 10 }
    expect(live.stderr).toMatch(/ applied: .*; verified$/m)
    expect(await onEach(weightsOf)).toEqual([set, set])
    expect(await onEach(clientsOf)).toEqual([['b'], ['b']])
    const [applied] = ofType(journalOf(machine, id), 'apply.finished')
    expect(applied?.data.output).toMatchObject({ rebalanced: { length: 6 } })

    const undone = await undo(machine, id)
    expect(undone.code, undone.stderr).toBe(0)
    const calm = { 'shard1/a': 10, 'shard1/b': 10, 'shard2/c': 10, 'shard2/d': 10 }
    expect(await onEach(weightsOf)).toEqual([calm, calm])
    // A server that weighs something again gets its share after some turns of the others.
    await expect
      .poll(() => onEach(clientsOf), { timeout: 10_000 })
      .toEqual([
        ['a', 'b'],
        ['a', 'b'],
      ])
  })

  it('takes a proxy out, and in again; and each undo turns it the other way', async () => {
    const machine = machineWith(running, turning('drain'), turning('enable'))
    const out = await rehearseAndRun(machine, 'traffic')
    expect(out.live.code, out.live.stderr).toBe(0)
    expect(out.live.stderr).toMatch(/ applied: .*; verified$/m)
    expect(await onEach(statesOf)).toEqual([PAUSED, OPEN])

    const back = await rehearseAndRun(machine, 'traffic-2')
    expect(back.live.code, back.live.stderr).toBe(0)
    expect(back.live.stderr).toMatch(/ applied: .*; verified$/m)
    expect(await onEach(statesOf)).toEqual([OPEN, OPEN])

    for (const { id, leaves } of [
      { id: back.id, leaves: PAUSED },
      { id: out.id, leaves: OPEN },
    ]) {
      const undone = await undo(machine, id)
      expect(undone.code, undone.stderr).toBe(0)
      expect(await onEach(statesOf)).toEqual([leaves, OPEN])
    }
  })

  it('refuses to leave a backend without a server, and changes nothing', async () => {
    const machine = machineWith(running, EMPTYING)
    const { code, stderr } = await firebreak(machine, ['run', 'traffic', '--dry-run', '--auto'])
    expect(code).toBe(4)
    expect(stderr).toContain('it would leave shard1 of p1, shard1 of p2 without any server')
  })

  it('caps new connections, raises the cap in its steps, and undoes all of them in another process', async () => {
    const machine = machineWith(running, SHED)
    const { live, id } = await rehearseAndRun(machine, 'traffic')
    expect(live.code, live.stderr).toBe(0)
    expect(live.stderr).toMatch(/ applied: .*; verified$/m)
    expect(await onEach(limitOf)).toEqual([40, 40])
    const held = ofType(journalOf(machine, id), 'op.finished').filter(({ data }) => data.kind === 'hold')
    expect(held.map(({ data }) => data.result)).toMatchObject([
      {
        rates: [
          { proxy: 'p1', limit: '20/s' },
          { proxy: 'p2', limit: '20/s' },
        ],
      },
    ])

    const undone = await undo(machine, id)
    expect(undone.code, undone.stderr).toBe(0)
    expect(await onEach(limitOf)).toEqual([0, 0])
  })

  it('sends a restarted proxy no undo of what it has forgotten, and takes back the rest', async () => {
    const machine = machineWith(running, SHED)
    const { id } = await rehearseAndRun(machine, 'traffic')
    await running.proxies[0]?.restart()
    expect(await onEach(limitOf)).toEqual([0, 40])
    const undone = await undo(machine, id)
    expect(undone.code, undone.stderr).toBe(0)
    expect(await onEach(limitOf)).toEqual([0, 0])
    const sent = ofType(journalOf(machine, id), 'op.finished').filter(
      ({ data }) => data.kind === 'restore-rate',
    )
    const requests = new Map(sent.map(({ data }) => [data.target, Object.keys(data.requests ?? {})]))
    expect(requests.get('p1')).toEqual(['haproxy.show info'])
    expect(requests.get('p2')).toContain('haproxy.set rate-limit connections global')
  })
})

const weightsOf = async ({ ask }: RealProxy): Promise<Record<string, number>> => {
  const [, header = '', ...rows] = (await ask('show servers state')).trimEnd().split('\n')
  const names = header.slice('# '.length).split(' ')
  const cell = (row: string, name: string): string => row.split(' ')[names.indexOf(name)] ?? ''
  return Object.fromEntries(
    rows.map(row => [`${cell(row, 'be_name')}/${cell(row, 'srv_name')}`, Number(cell(row, 'srv_uweight'))]),
  )
}

const OPEN = ['OPEN', 'OPEN']
const PAUSED = ['PAUSED', 'PAUSED']

const statesOf = async ({ ask }: RealProxy): Promise<string[]> =>
  [...(await ask('show stat')).matchAll(/^shard\d,FRONTEND,(?:[^,]*,){15}([^,]*)/gm)].map(
    ([, status = '']) => status,
  )

const limitOf = async ({ ask }: RealProxy): Promise<number> =>
  Number(/^ConnRateLimit: (\d+)$/m.exec(await ask('show info'))?.[1])

/** Which servers new clients of the first shard are sent to. */
const clientsOf = async ({ ip }: RealProxy): Promise<string[]> => {
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => talkOver({ host: ip, port: DATA_PORT }, 'version\r\n', /\r\n$/)),
  )
  return [...new Set(answers.map(answer => answer.replace(/^VERSION (.*)\r\n$/, '$1')))].sort()
}

/** Rehearses the undo, and then takes back what that has shown. */
const undo = async (machine: Machine, id: string): Promise<Run> => {
  const rehearsed = await firebreak(machine, ['undo', id, '--dry-run'])
  const digest = /digest ([0-9a-f]{64})/.exec(rehearsed.stderr)?.[1]
  writeFileSync(path.join(machine.cwd, 'undo.yaml'), `gates: { undo: { approve: ${digest} } }\n`)
  return firebreak(machine, ['undo', id, '--answers', 'undo.yaml'])
}

/** With a runbook `traffic`, and perhaps `traffic-2`. */
const machineWith = ({ targets }: RealProxies, ...runbooksSteps: readonly string[]): Machine => {
  const machine = newMachine()
  const runbooks = path.join(machine.cwd, 'runbooks')
  mkdirSync(runbooks)
  writeFileSync(
    path.join(runbooks, 'fleet.yaml'),
    `
clusters:
  edge:
    proxies:
      kind: haproxy
      discover: { static: ${targets} }
      admin: tcp://{private_ip}:${ADMIN_PORT}
      data: tcp://{private_ip}:${DATA_PORT}
      frontends: [shard1, shard2]
      min_healthy: 1
guardrails:
  max_unavailable_proxies: 1
  failures: 2
`,
  )
  for (const [index, steps] of runbooksSteps.entries()) {
    const name = index === 0 ? 'traffic' : `traffic-${index + 1}`
    writeFileSync(path.join(runbooks, `${name}.yaml`), `runbook: ${name}\ntitle: Traffic\nsteps:\n${steps}`)
  }
  return machine
}

const LOOK = `
  - id: look
    check: proxy.connections
    with: { cluster: edge }
`

const REBALANCE = `${LOOK}
  - id: act
    action: traffic.rebalance
    with: { cluster: edge, weights: { shard1/a: 0, shard1/b: 200, shard2/c: 3 } }
    verify: { again: look, within: 1m }
  - id: done
    end: resolved
`

const turning = (way: 'drain' | 'enable') => `${LOOK}
  - id: act
    action: proxy.${way}
    with: { proxies: [p1] }
    verify: { again: look, within: 1m }
  - id: done
    end: resolved
`

const EMPTYING = `
  - id: act
    action: traffic.rebalance
    with: { cluster: edge, weights: { shard1/a: 0, shard1/b: 0 } }
  - id: done
    end: resolved
`

const SHED = `${LOOK}
  - id: act
    action: load.shed
    with: { cluster: edge, limit: 20, raise: { to: [40], every: 5s } }
    verify: { again: look, within: 1m }
  - id: done
    end: resolved
`
