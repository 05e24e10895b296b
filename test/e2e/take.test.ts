import { describe, expect, it } from 'vitest'
import {
  endpointLog,
  firebreak,
  incidentsOf,
  journalOf,
  type Machine,
  newMachine,
  ofType,
  onlyIncident,
  start,
  textOf,
  theOnly,
} from './firebreak.js'
import { installed } from './installed.js'
import { stopAt } from './kill-at.js'
import { standsStill } from './stands-still.js'
import { openTerminal } from './terminal.js'

/** A drill whose process stands still, alive, at one exact write. */
const stopped = async (moment: string) => {
  const machine = newMachine()
  const child = start(machine, ['drill', '--auto', '--seed', '6'], { env: stopAt(moment) })
  await standsStill(child.pid)
  return { machine, child, id: onlyIncident(machine) }
}

const mutations = (machine: Machine, id: string): number =>
  endpointLog(machine, id).filter(({ mutating }) => mutating).length

describe('an incident that is taken over from a living process', () => {
  it.each([
    ['before it wrote that an op is started', 'op.started:before'],
    ['after it wrote that an op is started', 'op.started:after'],
    ['before it wrote that an op is finished', 'op.finished:before'],
    ['between two ops', 'op.started#3:before'],
  ] as const)('%s, is finished by the taker, and the old process does nothing more', async (_, moment) => {
    const { machine, child, id } = await stopped(`journal.jsonl:${moment}`)
    try {
      const taken = await firebreak(machine, ['take', id, '--auto'])
      expect(taken.code, taken.stderr).toBe(0)
      expect(taken.stderr).toContain('Hand-over')
      expect(taken.stderr).toContain(`process ${child.pid}`)
    } finally {
      const sent = mutations(machine, id)
      const world = textOf(machine, id, 'world.log')
      const journal = textOf(machine, id)
      const owner = textOf(machine, id, 'owner.json')
      child.kill('SIGCONT')
      const old = await child
      expect(old.exitCode, String(old.stderr)).toBe(3)
      expect(String(old.stderr)).toContain('was taken over by process')
      expect(mutations(machine, id)).toBe(sent)
      expect(textOf(machine, id, 'world.log')).toBe(world)
      expect(textOf(machine, id)).toBe(journal)
      expect(textOf(machine, id, 'owner.json')).toBe(owner)
    }
    expect((await firebreak(machine, ['journal', 'verify', id])).code).toBe(0)
    const entries = journalOf(machine, id)
    const { owner: first } = theOnly(entries, 'incident.opened').data
    const { from, owner } = theOnly(entries, 'owner.taken').data
    expect(first).toMatchObject({ pid: child.pid, fence: 1 })
    expect(from).toEqual(first)
    expect(owner.fence).toBe(2)
    expect(ofType(entries, 'incident.ended')).toHaveLength(1)
  })

  it('cannot be resumed instead, and says how it can be had', async () => {
    const { machine, child, id } = await stopped('journal.jsonl:op.started:before')
    try {
      const run = await firebreak(machine, ['resume', id, '--auto'])
      expect(run.code).toBe(3)
      expect(run.stderr).toContain(`firebreak take ${id}`)
    } finally {
      child.kill('SIGKILL')
      await child
    }
  })
})

describe('an incident that somebody sits at', () => {
  it('is handed over with the moment of the last key, and goes no further there', async context => {
    installed('tmux', context)
    const machine = newMachine()
    const terminal = await openTerminal(machine, ['drill', '--seed', '6', '--speed', '60'])
    await terminal.says('approve / decline (? for more):')
    await terminal.press('perhaps', 'Enter')
    await terminal.says('is none of')
    const id = onlyIncident(machine)
    const taken = await firebreak(machine, ['take', id, '--auto'])
    expect(taken.code, taken.stderr).toBe(0)
    expect(taken.stderr).toContain('a key was last pressed')
    const { from } = theOnly(journalOf(machine, id), 'owner.taken').data
    expect(from?.lastKey).toMatch(/^\d{4}-\d\d-\d\dT/)

    const journal = textOf(machine, id)
    await terminal.press('approve', 'Enter')
    expect(await terminal.ended()).toBe(3)
    expect(await terminal.screen()).toContain('was taken over by')
    expect(textOf(machine, id)).toBe(journal)
  })
})

describe('an incident that nobody works on', () => {
  it('is taken as it is resumed, and that is said', async () => {
    const { machine, child, id } = await stopped('journal.jsonl:op.finished#2:after')
    child.kill('SIGKILL')
    await child
    const taken = await firebreak(machine, ['take', 'last', '--auto'])
    expect(taken.code, taken.stderr).toBe(0)
    expect(taken.stderr).toContain(`Nobody worked on ${id}`)
    expect(theOnly(journalOf(machine, id), 'owner.taken').data).not.toHaveProperty('from')
    expect((await firebreak(machine, ['journal', 'verify', id])).code).toBe(0)
  })

  it('is not taken once it has ended', async () => {
    const machine = newMachine()
    await firebreak(machine, ['drill', '--auto', '--seed', '6'])
    const [id = ''] = incidentsOf(machine)
    const journal = textOf(machine, id)
    const taken = await firebreak(machine, ['take', id])
    expect(taken.code).toBe(2)
    expect(taken.stderr).toContain('has ended')
    expect(textOf(machine, id)).toBe(journal)
  })
})
