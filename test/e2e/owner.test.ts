import { describe, expect, it } from 'vitest'
import { firebreak, journalOf, newMachine, ofType, onlyIncident, start, textOf, worldLog } from './firebreak.js'
import { interrupted, reached } from './kill.js'

describe('an incident that a process works on', () => {
  it('is refused to a second one, which leaves the first one alone', async () => {
    const { machine, child, id } = await startPlaying()
    try {
      const run = await firebreak(machine, ['resume', id, '--auto'])
      expect(run.code).toBe(3)
      expect(run.stderr).toContain(`${child.pid}`)
      expect(run.stderr).toMatch(/next: \S/)
      expect((await firebreak(machine, ['status', id])).stdout).toMatch(
        new RegExp(`owner\\s+process ${child.pid}`),
      )
    } finally {
      child.kill('SIGCONT')
    }
    expect((await child).exitCode).toBe(0)
    expect((await firebreak(machine, ['journal', 'verify', id])).code).toBe(0)
  })
})

describe('an incident whose process died', () => {
  it.each([1, 2, 3, 4, 5])('goes to one of several that resume it at once (round %i)', async () => {
    const died = { file: 'world.log', lines: 1 } as const
    const { machine } = await interrupted(['drill', '--auto', '--seed', '6'], died, 'SIGKILL')
    const id = onlyIncident(machine)
    const runs = await Promise.all([1, 2, 3, 4].map(() => firebreak(machine, ['resume', id, '--auto'])))

    // Refused while the first one is at it; too late for a resume once it is over.
    expect(runs.filter(({ code }) => code === 0)).toHaveLength(1)
    for (const { code, stderr } of runs.filter(run => run.code !== 0)) expect([2, 3], stderr).toContain(code)
    expect((await firebreak(machine, ['journal', 'verify', id])).code).toBe(0)
    expect(ofType(journalOf(machine, id), 'incident.resumed')).toHaveLength(1)
    const operations = worldLog(machine, id).map(({ operation }) => operation)
    expect(operations).toEqual(['RunInstances', 'CreateTags', 'AssociateAddress', 'CreateTags'])
  })
})

/** A drill that stands still (SIGSTOP) in its middle: a live process that works on an incident. */
const startPlaying = async () => {
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    const machine = newMachine()
    const child = start(machine, ['drill', '--auto', '--seed', '6'])
    await reached(machine, { file: 'world.log', lines: 1 })
    child.kill('SIGSTOP')
    const id = onlyIncident(machine)
    if (!textOf(machine, id).includes('incident.ended')) return { machine, child, id }
    child.kill('SIGCONT')
    await child
  }
  throw new Error('it was over five times before it could be stopped')
}
