import { describe, expect, it } from 'vitest'
import { firebreak, journalOf, newMachine, onlyIncident, start, theOnly } from './firebreak.js'
import { installed } from './installed.js'
import { interrupted, reached } from './kill.js'
import { openTerminal } from './terminal.js'

const DRILL = ['drill', '--auto', '--seed', '3']
const DID = ['did', 'last', 'restarted', 'haproxy', '--target', 'i-1', '-t', 'i-2', '-t', 'i-1']

describe('firebreak did', () => {
  it('records a change made by hand after the end: status tells it, and an undo leaves it, saying so', async () => {
    const machine = newMachine()
    await firebreak(machine, DRILL)
    const id = onlyIncident(machine)
    const recorded = await firebreak(machine, DID)
    expect(recorded.code, recorded.stderr).toBe(0)
    const journal = journalOf(machine, id)
    expect(recorded.stdout).toBe(`${id}: noted; journal head ${journal.at(-1)?.hash}\n`)
    expect(theOnly(journal, 'note.added')).toMatchObject({
      actor: 'operator',
      data: { text: 'restarted haproxy', kind: 'did', targets: ['i-1', 'i-2'] },
    })
    const words = 'by hand, on i-1, i-2: restarted haproxy'
    expect((await firebreak(machine, ['status', id])).stdout).toContain(
      `stays    ${words}; undo does not take it back`,
    )

    const undone = await firebreak(machine, ['undo', id, '--auto'])
    expect(undone.code, undone.stderr).toBe(0) // all that firebreak did is back
    expect(undone.stderr).toContain(`! stays as it is: ${words}`)
    expect(undone.stderr).toContain('Everything that firebreak did is taken back.')
    expect(undone.stderr).toContain(`still stands: ${words}`)
    const again = await firebreak(machine, ['undo', id, '--auto'])
    expect(again.stderr).toContain(`still stands: ${words}`)
    expect((await firebreak(machine, ['journal', 'verify', id])).code).toBe(0)
  })

  it('is told to whoever takes over where a process died, and is no obstacle to going on', async () => {
    const { machine } = await interrupted(DRILL, { file: 'world.log', lines: 1 }, 'SIGKILL')
    expect((await firebreak(machine, DID)).code).toBe(0)
    const taken = await firebreak(machine, ['take', 'last', '--auto'])
    expect(taken.code, taken.stderr).toBe(0)
    const handOver = taken.stderr.slice(taken.stderr.indexOf('Hand-over'))
    expect(handOver).toContain('  by hand, on i-1, i-2: restarted haproxy')
  })

  it('leaves an incident alone that somebody works on, and says how it is done there', async () => {
    const machine = newMachine()
    const child = start(machine, DRILL)
    await reached(machine, { file: 'journal.jsonl', lines: 1 })
    child.kill('SIGSTOP')
    try {
      const recorded = await firebreak(machine, DID)
      expect(recorded.code).toBe(3)
      expect(recorded.stderr).toContain('type `did` at any question there')
    } finally {
      child.kill('SIGKILL') // stopped for long, it would not trust its disk any more
      await child
    }
  })

  it('can be typed at any question, which is asked again', async context => {
    installed('tmux', context)
    const machine = newMachine()
    const terminal = await openTerminal(machine, ['drill', '--seed', '3', '--speed', '60'])
    await terminal.says('approve / decline (? for more):')
    await terminal.press('did', 'Enter')
    await terminal.says('What was it made on?')
    await terminal.press('i-1, i-2', 'Enter')
    await terminal.says('What was changed?')
    await terminal.press('restarted it', 'Enter')
    await terminal.says(/by hand, on i-1, i-2: restarted it[\s\S]*for more\):/)
    await terminal.press('C-c')
    expect(await terminal.ended()).toBe(4)
    expect(theOnly(journalOf(machine, onlyIncident(machine)), 'note.added').data.targets).toEqual([
      'i-1',
      'i-2',
    ])
  })

  it.each([
    [['did', 'last', 'words'], 'needs its target'],
    [['did', 'last', 'words', '--target', ' '], 'needs its target'],
    [['did', 'last', ' ', '--target', 'i-1'], 'needs words'],
    [['did', 'last'], "missing required argument 'text'"],
    [['did', 'nobody', 'words', '--target', 'i-1'], 'there is no incident nobody'],
  ])('refuses %j, and says why', async (args, why) => {
    const { code, stderr } = await firebreak(newMachine(), args)
    expect(code).toBe(2)
    expect(stderr).toContain(why)
  })
})
