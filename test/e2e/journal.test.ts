import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  fileOf,
  firebreak,
  incidentsOf,
  journalOf,
  linesIn,
  type Machine,
  newMachine,
  onlyIncident,
  textOf,
} from './firebreak.js'
import { interrupted, type Moment } from './kill.js'

const DRILL = ['drill', '--auto', '--seed', '9']
/** The new proxy is asked for, and far from serving. */
const LAUNCHED: Moment = { file: 'world.log', lines: 1 }

describe('the record of a finished drill', () => {
  let machine: Machine
  let id: string

  beforeAll(async () => {
    machine = newMachine()
    await firebreak(machine, DRILL)
    id = onlyIncident(machine)
  })

  it('verifies, by its id, by a beginning of it, and as the last one', async () => {
    for (const name of [id, id.slice(0, -2), 'last']) {
      const { code, stdout } = await firebreak(machine, ['journal', 'verify', name])
      expect(code, name).toBe(0)
      expect(stdout, name).toContain(`${id}: ${journalOf(machine, id).length} events`)
      expect(stdout, name).toContain(`head ${journalOf(machine, id).at(-1)!.hash}`)
    }
  })

  it('is printed as it stands in the file', async () => {
    const { code, stdout } = await firebreak(machine, ['journal', 'cat', id])
    expect(code).toBe(0)
    expect(stdout).toBe(textOf(machine, id))
  })

  it('`last` says which one it took', async () => {
    const { stderr } = await firebreak(machine, ['journal', 'cat', 'last'])
    expect(stderr).toContain(`last is ${id}`)
  })

  it('its status is ended, and nobody is at it', async () => {
    const { code, stdout } = await firebreak(machine, ['status'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/status\s+ended: resolved/)
    expect(stdout).toMatch(/owner\s+nobody/)
    expect(stdout).not.toContain('in doubt')
    expect(stdout).not.toContain('firebreak resume')
  })

  it('it is listed with its badge, outcome and runbook', async () => {
    const { code, stdout } = await firebreak(machine, ['incidents'])
    expect(code).toBe(0)
    expect(stdout).toMatch(new RegExp(`^${id}\\s+DRILL\\s+resolved\\s+proxy-connection-surge$`, 'm'))
    expect(linesIn(stdout)).toHaveLength(1)
  })

  it('nobody else on the machine can read any of it, whatever the umask', async () => {
    const open = newMachine()
    const before = process.umask(0)
    await firebreak(open, DRILL).finally(() => process.umask(before))
    const entries = readdirSync(open.state, { recursive: true, withFileTypes: true })
    expect(entries.length).toBeGreaterThan(5)
    expect(modeOf(open.state)).toBe('700')
    for (const entry of entries) {
      const file = path.join(entry.parentPath, entry.name)
      expect(modeOf(file), file).toBe(entry.isDirectory() ? '700' : '600')
    }
  })
})

describe('the record of a paused drill', () => {
  let machine: Machine
  let id: string

  beforeAll(async () => {
    const paused = await interrupted(DRILL, LAUNCHED, 'SIGTERM')
    expect(paused.code).toBe(4)
    machine = paused.machine
    id = onlyIncident(machine)
  })

  it('verifies, and its last word is the pause', async () => {
    const { code, stdout } = await firebreak(machine, ['journal', 'verify', 'last'])
    expect(code).toBe(0)
    expect(stdout).toContain('paused')
    expect(journalOf(machine, id).at(-1)!.type).toBe('incident.paused')
  })

  it('its status is paused, and says how it goes on', async () => {
    const { code, stdout } = await firebreak(machine, ['status', id])
    expect(code).toBe(0)
    expect(stdout).toMatch(/status\s+paused/)
    expect(stdout).toMatch(/owner\s+nobody/)
    expect(stdout).toContain(`firebreak resume ${id}`)
    expect((await firebreak(machine, ['incidents'])).stdout).toMatch(
      new RegExp(`^${id}\\s+DRILL\\s+paused`, 'm'),
    )
  })
})

describe('the record of a killed drill', () => {
  let machine: Machine
  let id: string

  beforeAll(async () => {
    machine = (await interrupted(DRILL, LAUNCHED, 'SIGKILL')).machine
    id = onlyIncident(machine)
  })

  it('verifies, and its status names what comes next and that nobody is at it', async () => {
    expect((await firebreak(machine, ['journal', 'verify', id])).code).toBe(0)
    const { code, stdout } = await firebreak(machine, ['status', id])
    expect(code).toBe(0)
    expect(stdout).toMatch(/owner\s+nobody/)
    expect(stdout).toContain(`firebreak resume ${id}`)
  })

  it('is left alone by whoever only reads it', async () => {
    const before = textOf(machine, id)
    for (const args of [['status'], ['incidents'], ['journal', 'verify', id], ['journal', 'cat', id]])
      await firebreak(machine, args)
    expect(textOf(machine, id)).toBe(before)
  })

  it('a last line that the crash tore is named, not printed, and cut off when it goes on', async () => {
    const file = fileOf(machine, id, 'journal.jsonl')
    const whole = linesIn(textOf(machine, id))
    truncateSync(file, statSync(file).size - 100)
    const verified = await firebreak(machine, ['journal', 'verify', id])
    expect(verified).toMatchObject({ code: 0, stderr: expect.stringContaining('torn') })
    const printed = await firebreak(machine, ['journal', 'cat', id])
    expect(linesIn(printed.stdout)).toEqual(whole.slice(0, -1))
    expect((await firebreak(machine, ['status', id])).stdout).toContain('torn')

    const resumed = await firebreak(machine, ['resume', id, '--auto'])
    expect(resumed).toMatchObject({ code: 0, stderr: expect.stringContaining('torn') })
    expect(linesIn(textOf(machine, id)).slice(0, whole.length - 1)).toEqual(whole.slice(0, -1))
    expect((await firebreak(machine, ['journal', 'verify', id])).code).toBe(0)
  })
})

describe('a record that was changed', () => {
  it('is refused by every command that reads it, with the line that is wrong', async () => {
    const machine = newMachine()
    await firebreak(machine, DRILL)
    const id = onlyIncident(machine)
    const file = fileOf(machine, id, 'journal.jsonl')
    const lines = linesIn(readFileSync(file, 'utf8'))
    lines[13] = lines[13]!.replace('"approved"', '"declined"') // somebody would rather not have agreed
    writeFileSync(file, `${lines.join('\n')}\n`)
    for (const args of [
      ['journal', 'verify', id],
      ['journal', 'cat', id],
      ['status', id],
      ['resume', id, '--auto'],
    ]) {
      const { code, stdout, stderr } = await firebreak(machine, args)
      expect(code, args.join(' ')).toBe(1)
      expect(stderr, args.join(' ')).toContain('journal.jsonl, line 14')
      expect(stdout, args.join(' ')).toBe('')
    }
    const { code, stdout } = await firebreak(machine, ['incidents'])
    expect(code).toBe(0)
    expect(stdout).toMatch(new RegExp(`${id}.*unreadable.*line 14`))
  })
})

const modeOf = (file: string): string => (statSync(file).mode & 0o777).toString(8)

describe('a record of another incident, put in the place of this one', () => {
  it('is refused, whole as it is', async () => {
    const machine = newMachine()
    await firebreak(machine, DRILL)
    const id = onlyIncident(machine)
    const other = 'drill-20260101-0000-abcd'
    mkdirSync(path.dirname(fileOf(machine, other, 'journal.jsonl')))
    copyFileSync(fileOf(machine, id, 'journal.jsonl'), fileOf(machine, other, 'journal.jsonl'))
    const { code, stderr } = await firebreak(machine, ['journal', 'verify', other])
    expect(code).toBe(1)
    expect(stderr).toContain(`line 1: it is of the incident ${id}`)
  })
})

describe('a state folder that cannot hold a record', () => {
  it('is a failure that says so, and leaves no incident behind', async () => {
    const machine = newMachine()
    const tiny = path.join(machine.dir, 'tiny.sh')
    // Blocks of 512 bytes a file: a runbook has room in them, and not the first line of a journal, with all of them in it.
    writeFileSync(tiny, 'ulimit -f 14; exec "$@"\n')
    const { code, stderr } = await firebreak(machine, DRILL, { through: ['sh', tiny] })
    expect(code).toBe(1)
    expect(stderr).toContain('journal.jsonl')
    expect(stderr).toMatch(/next: /)
    expect(incidentsOf(machine)).toEqual([])
  })
})
