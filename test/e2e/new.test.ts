import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { TEMPLATES } from '../../src/commands/support/templates/templates.js'
import { firebreak, linesIn, newMachine } from './firebreak.js'
import { openTerminal } from './terminal.js'

/** Each of their mutants plays an hour or so: half a minute in all. */
const SLOW: ReadonlySet<string> = new Set(['drain', 'replace'])

const fileIn = (cwd: string, name: string): string => path.join(cwd, 'runbooks', name)

describe('firebreak new', () => {
  it.each(Object.keys(TEMPLATES))(
    'writes a runbook from %s that lints clean, and tests that pass and cover it whole',
    async template => {
      const machine = newMachine()
      const title = 'Shards: "slow" #1 — 50 % of reads'
      const made = await firebreak(machine, ['new', 'slow-shards', '--title', title, '--template', template])
      expect(made.code, made.stderr).toBe(0)
      for (const file of linesIn(made.stdout)) expect(existsSync(path.join(machine.cwd, file)), file).toBe(true)

      const linted = await firebreak(machine, ['lint', '--strict'])
      expect(linted.code, linted.stdout).toBe(0)
      const test = ['test', '--min-coverage', '100', ...(SLOW.has(template) ? [] : ['--mutate'])]
      const tested = await firebreak(machine, test, { timeout: 50_000 })
      expect(tested.code, tested.stdout + tested.stderr).toBe(0)
      expect(tested.stdout).toMatch(/^[1-9]\d* passed, 0 failed$/m)
      if (!SLOW.has(template)) expect(tested.stdout).toMatch(/^[1-9]\d* mutants, 0 survived$/m)
      expect((await firebreak(machine, ['show', 'slow-shards'])).stdout).toContain(title)
    },
  )

  it('names each of them where one asks for help', async () => {
    const { code, stdout } = await firebreak(newMachine(), ['new', '--help'])
    expect(code).toBe(0)
    for (const template of Object.keys(TEMPLATES)) expect(stdout).toMatch(new RegExp(`\\b${template}\\b`))
  })

  it('says what a fleet file of your own still has to allow', async () => {
    const machine = newMachine()
    await firebreak(machine, ['new', 'a', '--title', 'A', '--template', 'ask'])
    const fleet = readFileSync(fileIn(machine.cwd, 'fleet.yaml'), 'utf8')
    const made = await firebreak(machine, ['new', 'b', '--title', 'B', '--template', 'reload'])
    expect(made.code).toBe(0)
    expect(made.stderr).toContain('commands: [[systemctl, reload]]  under `guardrails` of your fleet file')
    expect(readFileSync(fileIn(machine.cwd, 'fleet.yaml'), 'utf8')).toBe(fleet)
  })

  it('leaves the fleet file and the schema of a folder alone, and overwrites nothing', async () => {
    const machine = newMachine()
    mkdirSync(path.join(machine.cwd, 'runbooks'))
    const args = ['new', 'a', '--title', 'A', '--template', 'ask']
    await firebreak(machine, args)
    const fleet = fileIn(machine.cwd, 'fleet.yaml')
    writeFileSync(fleet, `${readFileSync(fleet, 'utf8')}# ours\n`)
    const before = readFileSync(fileIn(machine.cwd, 'a.yaml'), 'utf8')

    const again = await firebreak(machine, [...args.slice(0, 3), 'Another', '--template', 'replace'])
    expect(again.code).toBe(2)
    expect(again.stderr).toContain('a.yaml already')
    expect(readFileSync(fileIn(machine.cwd, 'a.yaml'), 'utf8')).toBe(before)
    const other = await firebreak(machine, ['new', 'b', '--title', 'B', '--template', 'ask'])
    expect(other.code, other.stderr).toBe(0)
    expect(linesIn(other.stdout)).toEqual([
      'runbooks/b.yaml',
      'runbooks/drills/b.yaml',
      'runbooks/drills/b-calm.yaml',
      'runbooks/tests/b.test.yaml',
    ])
    expect(readFileSync(fleet, 'utf8')).toContain('# ours')
  })

  it.each([
    [['new'], 'give a name'],
    [['new', 'a'], 'give --title'],
    [['new', 'a', '--title', 'A'], 'give --template'],
    [['new', 'a', '--title', 'A', '--template', 'magic'], 'give --template'],
    [['new', 'A b', '--title', 'A', '--template', 'ask'], 'lower case letters, digits and hyphens'],
    [['new', '../a', '--title', 'A', '--template', 'ask'], 'lower case letters, digits and hyphens'],
    [['new', 'a', '--title', ' ', '--template', 'ask'], 'a title is a few words'],
  ])('refuses %j, says what is missing, and writes nothing', async (args, why) => {
    const machine = newMachine()
    const { code, stderr } = await firebreak(machine, args)
    expect(code).toBe(2)
    expect(stderr).toContain(why)
    expect(existsSync(path.join(machine.cwd, 'runbooks'))).toBe(false)
  })

  it('asks at a terminal for what was not said, again where it does not fit', async () => {
    const machine = newMachine()
    const terminal = await openTerminal(machine, ['new'])
    await terminal.says('Name of the runbook:')
    await terminal.press('Bad Name', 'Enter')
    await terminal.says('lower case letters')
    await terminal.press('slow-shards', 'Enter')
    await terminal.says('What has happened')
    await terminal.press('Shards are slow', 'Enter')
    await terminal.says('Which of these')
    await terminal.press('ask', 'Enter')
    expect(await terminal.ended()).toBe(0)
    expect(readFileSync(fileIn(machine.cwd, 'slow-shards.yaml'), 'utf8')).toContain('title: "Shards are slow"')
  })
})
