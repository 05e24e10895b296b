import { cpSync, rmSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { firebreak, journalOf, linesIn, newMachine, onlyIncident, textOf } from './firebreak.js'
import { KILLED, killAt } from './kill-at.js'

it('an incident whose state folder was copied to another disk goes on there, and the old one is not needed', async () => {
  const machine = newMachine()
  const killed = await firebreak(machine, ['drill', '--auto', '--seed', '3'], {
    env: killAt('world.log:1:after'),
  })
  expect(killed.signal).toBe(KILLED)
  const id = onlyIncident(machine)
  const before = linesIn(textOf(machine, id))

  const moved = { ...machine, state: path.join(machine.dir, 'another-disk') }
  cpSync(machine.state, moved.state, { recursive: true })
  rmSync(machine.state, { recursive: true })
  const resumed = await firebreak(machine, ['resume', id, '--auto', '--state', moved.state])
  expect(resumed.code).toBe(0)
  expect(linesIn(textOf(moved, id)).slice(0, before.length)).toEqual(before)
  expect(journalOf(moved, id).map(({ type }) => type)).toContain('incident.ended')
  expect((await firebreak(machine, ['journal', 'verify', id, '--state', moved.state])).code).toBe(0)
})
