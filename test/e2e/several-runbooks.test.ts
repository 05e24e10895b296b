import { appendFileSync, cpSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { firebreak, journalOf, newMachine, ofType, onlyIncident, theOnly } from './firebreak.js'
import { KILLED, killAt } from './kill-at.js'

const FIXTURES = fileURLToPath(new URL('../torture/runbooks', import.meta.url))

/** A folder of runbooks of our own: `nested` calls `called`. */
const folder = () => {
  const machine = newMachine()
  cpSync(FIXTURES, path.join(machine.cwd, 'runbooks'), { recursive: true })
  return { machine, file: (name: string) => path.join(machine.cwd, 'runbooks', `${name}.yaml`) }
}

const NESTED = ['drill', 'nested', '--auto', '--seed', '377']

describe('a runbook that calls another one', () => {
  it('holds the other one in its journal, and does what it says in a frame of its own', async () => {
    const { machine } = folder()
    const played = await firebreak(machine, NESTED)
    expect(played.code, played.stderr).toBe(0)
    const journal = journalOf(machine, onlyIncident(machine))
    const { others } = theOnly(journal, 'incident.opened').data
    expect(Object.keys(others ?? {})).toEqual(['called'])
    const called = journal.filter(({ frame }) => frame === 'main/other#1/called')
    expect(ofType(called, 'step.entered').map(({ data }) => data.step)).toEqual([
      'drain',
      'calm',
      'look',
      'enable',
      'over',
    ])
    expect(ofType(journal, 'incident.ended')).toMatchObject([{ data: { outcome: 'resolved' } }])
  })

  it('goes on with the stored one where the other file was changed meanwhile, and shows the difference', async () => {
    const { machine, file } = folder()
    const killed = await firebreak(machine, NESTED, { env: killAt('world.log:1:after') })
    expect(killed.signal).toBe(KILLED)
    appendFileSync(file('called'), '  - id: appended\n    end: mitigated\n')
    const resumed = await firebreak(machine, ['resume', 'last', '--auto'])
    expect(resumed.code, resumed.stderr).toBe(0)
    expect(resumed.stderr).toContain('called.yaml is no longer the one')
    expect(resumed.stderr).toContain('+  - id: appended')
    const changed = theOnly(journalOf(machine, onlyIncident(machine)), 'definition.changed').data
    expect(changed).toMatchObject({ decision: 'stored', by: 'auto' })
  })

  it('is not started where the other one has an error, which is told at its place', async () => {
    const { machine, file } = folder()
    appendFileSync(file('called'), '  - id: lost\n    goto: nowhere\n')
    const refused = await firebreak(machine, NESTED)
    expect(refused.code).toBe(1)
    expect(refused.stderr).toMatch(/called\.yaml:\d+:11: error\[unknown-target\]/)
  })

  it('takes answers and gates for the steps of the other one', async () => {
    const { machine } = folder()
    const answers = path.join(machine.cwd, 'answers.yaml')
    writeFileSync(answers, 'gates: { enable: decline }\ndecisions: { enable: continue }\n')
    const played = await firebreak(machine, [...NESTED, '--answers', answers])
    expect(played.code, played.stderr).toBe(0)
    const decided = ofType(journalOf(machine, onlyIncident(machine)), 'gate.decided')
    expect(decided.filter(({ data }) => data.decision === 'declined')).toMatchObject([
      { frame: 'main/other#1/called', data: { step: 'enable' } },
    ])
  })
})

describe('a rehearsal of steps side by side', () => {
  it('changes nothing, and shows the plan of every branch', async () => {
    const { machine } = folder()
    const rehearsed = await firebreak(machine, [...NESTED, '--dry-run'])
    expect(rehearsed.code, rehearsed.stderr).toBe(0)
    const journal = journalOf(machine, onlyIncident(machine))
    expect(ofType(journal, 'op.started')).toEqual([])
    const plans = ofType(journal, 'plan.made').map(({ frame }) => frame)
    expect(plans).toContain('main/both#1/left')
    expect(plans).toContain('main/both#1/right')
    expect(ofType(journal, 'dry_run.ended')).toHaveLength(1)
  })
})
