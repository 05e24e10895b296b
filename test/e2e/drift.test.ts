import { appendFileSync, cpSync, rmSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { firebreak, journalOf, newMachine, ofType, onlyIncident, RUNBOOKS, theOnly } from './firebreak.js'
import { KILLED, killAt } from './kill-at.js'

/** A drill of a runbook in a folder of our own, killed in mid-apply. */
const killedDrill = async () => {
  const machine = newMachine()
  const runbooks = path.join(machine.cwd, 'runbooks')
  cpSync(RUNBOOKS, runbooks, { recursive: true })
  const killed = await firebreak(machine, ['drill', '--auto', '--seed', '3'], {
    env: killAt('world.log:1:after'),
  })
  expect(killed.signal).toBe(KILLED)
  return { machine, id: onlyIncident(machine), file: path.join(runbooks, 'proxy-connection-surge.yaml') }
}

it('a runbook that was changed meanwhile is shown as a diff, and the incident goes on with the stored one', async () => {
  const { machine, id, file } = await killedDrill()
  appendFileSync(file, '  - id: appended\n    end: mitigated\n')
  const resumed = await firebreak(machine, ['resume', id, '--auto'])
  expect(resumed.code, resumed.stderr).toBe(0)
  expect(resumed.stderr).toContain('+  - id: appended')
  const changed = theOnly(journalOf(machine, id), 'definition.changed').data
  expect(changed).toMatchObject({ decision: 'stored', by: 'auto' })
  expect(changed.found).not.toBe(changed.stored)
})

it('a runbook whose file is gone does not stop an incident that holds it', async () => {
  const { machine, id, file } = await killedDrill()
  rmSync(file)
  const resumed = await firebreak(machine, ['resume', id, '--auto'])
  expect(resumed.code, resumed.stderr).toBe(0)
  expect(theOnly(journalOf(machine, id), 'definition.changed').data.found).toBeNull()
})

it('a runbook that is still the same is not spoken of', async () => {
  const { machine, id } = await killedDrill()
  expect((await firebreak(machine, ['resume', id, '--auto'])).code).toBe(0)
  expect(ofType(journalOf(machine, id), 'definition.changed')).toEqual([])
})
