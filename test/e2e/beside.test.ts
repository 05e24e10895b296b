import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { ok } from '../../src/domain/result.js'
import { createLocks } from '../../src/runtime/locks.js'
import { failureOf, okOf } from '../engine/results.js'
import { firebreak, journalOf, type Machine, newMachine, ofType, onlyIncident, RUNBOOKS } from './firebreak.js'
import { rehearseAndRun, writeRunbooks } from './rehearsed.js'

const CLUSTER = 'cluster:us-east-c1'

/** Locks of an incident on the real fleet whose account and region the shipped fleet file names, held by this process. */
const realLocks = (machine: Machine, incident: string) => {
  const text = readFileSync(path.join(RUNBOOKS, 'fleet.yaml'), 'utf8')
  const [account, region] = [/account: "(\d+)"/, /region: (\S+)/].map(key => key.exec(text)?.[1])
  const dir = path.join(machine.state, 'locks', `${account}-${region}`)
  const mark = { host: hostname(), pid: process.pid, fence: 1 }
  return { dir, locks: createLocks({ dir, incident, ownership: { mark, holds: () => ok(null) } }) }
}

const REFUSING = fileURLToPath(new URL('../torture/runbooks', import.meta.url))

const fails = (id: string, program: string): string => `
  - id: ${id}
    action: command.run
    with: { argv: [${program}] }
    on_failure: continue`

/** A real fleet whose budget is two failures, and a runbook that runs those programs, one after the other. */
const machineRunning = (programs: readonly string[]): Machine => {
  const machine = newMachine()
  const steps = programs.map((program, n) => fails(`s${n}`, program)).join('')
  writeRunbooks(machine, {
    name: 'programs',
    title: 'Programs',
    steps: `${steps}\n  - id: over\n    end: resolved\n`,
    commands: [['/bin/true'], ['/bin/false']],
  })
  return machine
}

/** A drill of a cluster of the same name, until its own failure budget is exhausted. */
const exhaust = async (machine: Machine): Promise<void> => {
  writeFileSync(path.join(machine.cwd, 'stop.yaml'), 'decisions: { others: stop }\n')
  const args = ['drill', 'refusing', '--runbooks', REFUSING, '--auto', '--seed', '89', '--answers', 'stop.yaml']
  const { stderr } = await firebreak(machine, args)
  const id = onlyIncident(machine)
  expect(ofType(journalOf(machine, id), 'budget.exhausted'), stderr).toHaveLength(1)
}

describe('a drill beside a run on a cluster of the same name', () => {
  it('shares no lock with it', async () => {
    const machine = newMachine()
    const { dir, locks } = realLocks(machine, '20261123-0312-real')
    okOf(await locks.acquire([CLUSTER]))
    const before = readdirSync(dir).map(name => readFileSync(path.join(dir, name), 'utf8'))
    // Whoever works on the real one waits for it.
    failureOf(await realLocks(machine, '20261123-0313-other').locks.acquire([CLUSTER]))

    const { code, stderr } = await firebreak(machine, ['drill', '--auto', '--seed', '3'])
    expect(code, stderr).toBe(0)
    const journal = journalOf(machine, onlyIncident(machine))
    for (const type of ['lock.taken', 'lock.released'] as const)
      expect(ofType(journal, type).map(({ data }) => data.resource)).toEqual([CLUSTER])
    expect(readdirSync(dir).map(name => readFileSync(path.join(dir, name), 'utf8'))).toEqual(before)
  })

  it('shares no failure budget with it', async () => {
    const machine = machineRunning(['/bin/false', '/bin/true'])
    await exhaust(machine)
    const { live, id } = await rehearseAndRun(machine, 'programs')
    expect(live.code, live.stderr).toBe(0)
    expect(ofType(journalOf(machine, id), 'op.failed')).toHaveLength(1)
    expect(ofType(journalOf(machine, id), 'budget.exhausted')).toEqual([])
  })

  it('whose own failures are as many as its budget is asked before the next one', async () => {
    const machine = machineRunning(['/bin/false', '/bin/false', '/bin/true'])
    const { live, id } = await rehearseAndRun(machine, 'programs')
    expect(live.code, live.stderr).toBe(4)
    expect(ofType(journalOf(machine, id), 'budget.exhausted')).toHaveLength(1)
  })
})
