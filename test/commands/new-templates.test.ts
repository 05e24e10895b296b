import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { allowingCommand, isAllowed } from '../../src/commands/support/templates/allow-command.js'
import { runbookFilesFor, TEMPLATES } from '../../src/commands/support/templates/templates.js'

const FLEET = readFileSync(fileURLToPath(new URL('../../runbooks/fleet.yaml', import.meta.url)), 'utf8')

describe('a fleet file that allows a command', () => {
  it('is the shipped one with a line more, or left as it is where it has one', () => {
    const allowing = allowingCommand(FLEET, ['systemctl', 'reload']) ?? ''
    const lines = allowing.split('\n')
    const at = lines.findIndex(line => line.startsWith('guardrails:'))
    expect(lines[at + 1]).toMatch(/^ {2}commands: \[\[systemctl, reload\]\] #/)
    expect(lines.toSpliced(at + 1, 1).join('\n')).toBe(FLEET)
    expect(allowingCommand(allowing, ['ss'])).toBeUndefined()
    expect(allowingCommand('clusters: {}\n', ['ss'])).toBeUndefined()
  })

  it('lets through what begins so, and nothing less', () => {
    const allowed = [['systemctl', 'reload'], ['ss']]
    expect(isAllowed(allowed, ['systemctl', 'reload'])).toBe(true)
    expect(isAllowed(allowed, ['ss', '-s'])).toBe(true)
    expect(isAllowed(allowed, ['systemctl'])).toBe(false)
    expect(isAllowed([], ['ss'])).toBe(false)
  })
})

describe.each(Object.entries(TEMPLATES))('the template %s', (_key, template) => {
  const files = runbookFilesFor({ name: 'mine', title: 'A title', template }, { cluster: 'c9', frontend: 'f9' })

  it('gives a runbook, its drills, and tests that use each of them', () => {
    const names = files.map(([file]) => file)
    expect(names[0]).toBe('mine.yaml')
    expect(names[1]).toBe('drills/mine.yaml')
    expect(names.at(-1)).toBe('tests/mine.test.yaml')
    const tests = files.at(-1)![1]
    for (const [file] of files.filter(([name]) => name.startsWith('drills/')))
      expect(tests).toContain(`scenario: ${file.slice('drills/'.length, -'.yaml'.length)}\n`)
  })

  it('names the cluster of the fleet that it is written for, and no other', () => {
    for (const [, text] of files) expect(text).not.toMatch(/us-east|shard1/)
  })
})
