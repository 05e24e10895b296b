import { existsSync } from 'node:fs'
import path from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  firebreak,
  incidentsOf,
  journalOf,
  type Machine,
  newMachine,
  ofType,
  onlyIncident,
  type Type,
  textOf,
  theOnly,
  worldLog,
} from './firebreak.js'
import { installed } from './installed.js'
import { openTerminal, type Terminal, until } from './terminal.js'

const FAST = ['drill', '--seed', '3', '--speed', '60']
/** Slow enough to press a key while a new proxy is being waited for. */
const SLOW = ['drill', '--seed', '3', '--speed', '20']
const GATE = 'approve / decline (? for more):'
const ASK = 'yes / watch (? for more):'
const INTERRUPTED = 'continue / undo / abort (? for more):'

const SIZES = [
  { columns: 80, rows: 24 },
  { columns: 120, rows: 40 },
]

beforeEach(context => {
  installed('tmux', context)
})

describe.concurrent.each(SIZES)('at a terminal of $columns columns and $rows rows', size => {
  it('the questions are answered by keyboard, and the drill is resolved', async () => {
    const machine = newMachine()
    const terminal = await openTerminal(machine, FAST, size)
    await terminal.says(GATE)
    await terminal.press('approve', 'Enter')
    await terminal.says(ASK)
    await terminal.press('yes', 'Enter')
    expect(await terminal.ended()).toBe(0)

    const journal = journalOf(machine, onlyIncident(machine))
    expect(theOnly(journal, 'gate.decided').data).toMatchObject({ decision: 'approved', by: 'operator' })
    expect(theOnly(journal, 'question.answered').data).toMatchObject({ option: 'yes', by: 'operator' })
    expect(theOnly(journal, 'incident.ended').data.outcome).toBe('resolved')
    const screen = await terminal.screen()
    expect(screen).toMatch(/the incident is resolved/i)
    expect(screen).not.toMatch(/Warning|\n {4}at /)
  })

  it('holding Enter moves nothing, and garbage is told what is possible', async () => {
    const machine = newMachine()
    const terminal = await openTerminal(machine, FAST, size)
    for (const { prompt, garbage, possible, answer } of [
      { prompt: GATE, garbage: 'approof', possible: 'approve, decline', answer: 'app' },
      { prompt: ASK, garbage: 'maybe', possible: 'yes, watch', answer: 'y' },
    ]) {
      await terminal.says(prompt)
      const before = lastOf(machine)
      await terminal.hold('Enter', 30)
      await terminal.says('Enter alone decides nothing')
      await terminal.press(garbage, 'Enter')
      // Keys are read in their order: all those Enters were read before this.
      await terminal.says(`"${garbage}" is none of: ${possible}`)
      expect(lastOf(machine)).toEqual(before)
      await terminal.press(answer, 'Enter') // an unambiguous beginning will do
    }
    expect(await terminal.ended()).toBe(0)
  })
})

describe.concurrent('keys that were pressed before a question', () => {
  it('do not answer it: not those from before the start, and not those from while ops run', async () => {
    const machine = newMachine()
    const terminal = await openTerminal(machine, FAST)
    await terminal.press('approve', 'Enter', 'app')
    await terminal.says(GATE)
    await terminal.press('nonsense', 'Enter')
    await terminal.says('"nonsense" is none of') // and not "appnonsense"
    expect(eventsOf(machine, 'gate.decided')).toEqual([])

    await terminal.press('approve', 'Enter')
    await until(
      () => eventsOf(machine, 'apply.finished').length > 0,
      () => 'the plan was never carried out',
    )
    await terminal.press('yes', 'Enter', 'y') // its verification takes another second
    await terminal.says(ASK)
    await terminal.press('gibberish', 'Enter')
    await terminal.says('"gibberish" is none of')
    expect(eventsOf(machine, 'question.answered')).toEqual([])
  })
})

describe.concurrent('Ctrl-C', () => {
  it('at a question pauses with exit code 4, says how to go on, and has done nothing', async () => {
    const machine = newMachine()
    const terminal = await openTerminal(machine, FAST)
    await terminal.says(GATE)
    await terminal.press('C-c')
    expect(await terminal.ended()).toBe(4)
    const id = onlyIncident(machine)
    expect(await terminal.screen()).toContain(`firebreak resume ${id}`)
    expect(lastOf(machine)?.type).toBe('incident.paused')
    expect(worldLog(machine, id)).toEqual([])

    const resumed = await openTerminal(machine, ['resume', id])
    await finish(resumed)
    expectOneReplacement(machine, id)
  })

  it('while an op runs pauses after it, with nothing in doubt', async () => {
    const machine = newMachine()
    const terminal = await openTerminal(machine, SLOW)
    await terminal.says(GATE)
    await terminal.press('approve', 'Enter')
    await opStarted(machine, 'await-running')
    await terminal.press('C-c')
    await terminal.says('pausing after')
    expect(await terminal.ended()).toBe(4)
    const id = onlyIncident(machine)
    expect(await terminal.screen()).toContain(`firebreak resume ${id}`)
    expect(kindsOf(machine, 'op.started')).toEqual(['launch', 'await-running'])
    expect(kindsOf(machine, 'op.finished')).toEqual(['launch', 'await-running'])
    expect(lastOf(machine)?.type).toBe('incident.paused')

    const resumed = await openTerminal(machine, ['resume', id])
    await finish(resumed)
    expectOneReplacement(machine, id)
  })

  it('twice stops at once and leaves the op in doubt; resume looks it up', async () => {
    const machine = newMachine()
    const terminal = await openTerminal(machine, SLOW)
    await terminal.says(GATE)
    await terminal.press('approve', 'Enter')
    await opStarted(machine, 'await-running')
    await terminal.press('C-c')
    await terminal.says('pausing after')
    await terminal.press('C-c')
    expect(await terminal.ended()).toBe(4)
    const id = onlyIncident(machine)
    expect(await terminal.screen()).toContain(`firebreak resume ${id}`)
    expect(lastOf(machine)?.type).toBe('op.started')
    expect((await firebreak(machine, ['status'])).stdout).toMatch(/in doubt .*await-running/)

    const resumed = await openTerminal(machine, ['resume', id])
    await finish(resumed)
    expect(kindsOf(machine, 'op.resolved')).toEqual(['await-running'])
    expectOneReplacement(machine, id)
  })
})

describe.concurrent('the end of input', () => {
  it('Ctrl-D at a question pauses: it is no answer', async () => {
    const machine = newMachine()
    const terminal = await openTerminal(machine, FAST)
    await terminal.says(GATE)
    await terminal.press('C-d')
    expect(await terminal.ended()).toBe(4)
    expect(await terminal.screen()).toContain(`firebreak resume ${onlyIncident(machine)}`)
    expect(eventsOf(machine, 'gate.decided')).toEqual([])
    expect(lastOf(machine)?.type).toBe('incident.paused')
  })

  it('a window that is closed at a question pauses', async () => {
    const machine = newMachine()
    const terminal = await openTerminal(machine, FAST)
    await terminal.says(GATE)
    await terminal.close()
    const id = await pausedAlone(machine)
    expect(eventsOf(machine, 'gate.decided')).toEqual([])
    expect(await firebreak(machine, ['resume', id, '--auto'])).toMatchObject({ code: 0 })
    expectOneReplacement(machine, id)
  })

  it('a window that is closed while an op runs pauses after it', async () => {
    const machine = newMachine()
    const terminal = await openTerminal(machine, SLOW)
    await terminal.says(GATE)
    await terminal.press('approve', 'Enter')
    await opStarted(machine, 'await-running')
    await terminal.close()
    const id = await pausedAlone(machine)
    expect(kindsOf(machine, 'op.finished')).toEqual(kindsOf(machine, 'op.started'))
    expect(await firebreak(machine, ['resume', id, '--auto'])).toMatchObject({ code: 0 })
    expectOneReplacement(machine, id)
  })
})

/** Answers whatever is asked on the way to the end of a resumed drill. */
const finish = async (terminal: Terminal): Promise<void> => {
  const answers: Record<string, string> = {
    [INTERRUPTED]: 'continue',
    [GATE]: 'approve',
    [ASK]: 'yes',
  }
  for (let asked = ''; asked !== ASK; ) {
    const open = Object.keys(answers).map(prompt => `${asPattern(prompt)}\\s*$`)
    await terminal.says(new RegExp(open.join('|')))
    const screen = await terminal.screen()
    asked = Object.keys(answers).find(prompt => screen.trimEnd().endsWith(prompt)) ?? ''
    if (asked !== '') await terminal.press(answers[asked]!, 'Enter')
    if (asked !== '') delete answers[asked]
  }
  expect(await terminal.ended()).toBe(0)
  expect(await terminal.screen()).toMatch(/the incident is resolved/i)
}

/** The text itself, as part of a regular expression. */
const asPattern = (text: string): string => text.replaceAll(/[()?]/g, '\\$&')

const expectOneReplacement = (machine: Machine, id: string): void => {
  const operations = worldLog(machine, id).map(({ operation }) => operation)
  expect(operations).toEqual(['RunInstances', 'CreateTags', 'AssociateAddress', 'CreateTags'])
  expect(theOnly(journalOf(machine, id), 'incident.ended').data.outcome).toBe('resolved')
}

const eventsOf = <T extends Type>(machine: Machine, type: T) =>
  existsSync(path.join(machine.state, 'incidents'))
    ? incidentsOf(machine).flatMap(id => ofType(journalOf(machine, id), type))
    : []

const kindsOf = (machine: Machine, type: 'op.started' | 'op.finished' | 'op.resolved'): string[] =>
  eventsOf(machine, type).map(({ data }) => data.kind)

const lastOf = (machine: Machine) => journalOf(machine, onlyIncident(machine)).at(-1)

const opStarted = (machine: Machine, kind: string): Promise<void> =>
  until(
    () => kindsOf(machine, 'op.started').includes(kind),
    () => `${kind} was never started`,
  )

/** Nobody sees the screen any more: the record says that it paused, and that nobody is at it. */
const pausedAlone = async (machine: Machine): Promise<string> => {
  const id = onlyIncident(machine)
  await until(
    () => lastOf(machine)?.type === 'incident.paused' && JSON.parse(textOf(machine, id, 'owner.json')).released,
    () => `it never paused; its last event is ${lastOf(machine)?.type}`,
  )
  return id
}
