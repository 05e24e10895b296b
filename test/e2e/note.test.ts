import { describe, expect, it } from 'vitest'
import { firebreak, journalOf, newMachine, ofType, onlyIncident, start, theOnly } from './firebreak.js'
import { interrupted, reached } from './kill.js'

const DRILL = ['drill', '--auto', '--seed', '6']

describe('firebreak note', () => {
  it('adds to the record of an incident that has ended, which still verifies', async () => {
    const machine = newMachine()
    await firebreak(machine, DRILL)
    const id = onlyIncident(machine)
    const noted = await firebreak(machine, ['note', 'last', 'called', 'the network team'])
    expect(noted.code, noted.stderr).toBe(0)
    const journal = journalOf(machine, id)
    expect(noted.stdout).toBe(`${id}: noted; journal head ${journal.at(-1)?.hash}\n`)
    expect(theOnly(journal, 'note.added')).toMatchObject({
      actor: 'operator',
      data: { text: 'called the network team' },
    })
    // A drill's own time does not go on with ours.
    expect(journal.at(-1)?.at).toBe(journal.at(-2)?.at)
    expect((await firebreak(machine, ['journal', 'verify', id])).code).toBe(0)
    expect((await firebreak(machine, ['status', id])).stdout).toContain('called the network team')
  })

  it('is no obstacle to going on where a process died', async () => {
    const { machine } = await interrupted(DRILL, { file: 'world.log', lines: 1 }, 'SIGKILL')
    expect((await firebreak(machine, ['note', 'last', 'its laptop fell'])).code).toBe(0)
    const resumed = await firebreak(machine, ['resume', 'last', '--auto'])
    expect(resumed.code, resumed.stderr).toBe(0)
    expect(ofType(journalOf(machine, onlyIncident(machine)), 'note.added')).toHaveLength(1)
  })

  it('leaves an incident alone that somebody works on, and says how it is done there', async () => {
    const machine = newMachine()
    const child = start(machine, DRILL)
    await reached(machine, { file: 'journal.jsonl', lines: 1 })
    child.kill('SIGSTOP')
    try {
      const noted = await firebreak(machine, ['note', 'last', 'too early'])
      expect(noted.code).toBe(3)
      expect(noted.stderr).toContain('type `note` at any question there')
    } finally {
      child.kill('SIGCONT')
    }
    expect((await child).exitCode).toBe(0)
  })

  it.each([
    [['note', 'last', '  '], 'a note needs words'],
    [['note', 'last'], "missing required argument 'text'"],
    [['note', 'nobody', 'words'], 'there is no incident nobody'],
  ])('refuses %j, and says why', async (args, why) => {
    const machine = newMachine()
    const { code, stderr } = await firebreak(machine, args)
    expect(code).toBe(2)
    expect(stderr).toContain(why)
  })
})
