import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  changesBy,
  endpointLog,
  fileOf,
  firebreak,
  journalOf,
  newMachine,
  ofType,
  onlyIncident,
  textOf,
  theOnly,
  worldLog,
} from './firebreak.js'
import { KILLED, killAt } from './kill-at.js'

const played = async () => {
  const machine = newMachine()
  await firebreak(machine, ['drill', '--auto', '--seed', '3'])
  return { machine, id: onlyIncident(machine) }
}

/** What was done by ops that are no look, oldest first, as kind and target. */
const done = (journal: ReturnType<typeof journalOf>, undo: boolean) =>
  ofType(journal, 'op.started')
    .filter(({ data }) => !data.look && (data.undoes !== undefined) === undo)
    .map(({ data }) => ({ op: data.op, undoes: data.undoes }))

describe('an undo of an incident that has ended, in another process', () => {
  it('takes back in the exact reverse order what was really changed', async () => {
    const { machine, id } = await played()
    const before = done(journalOf(machine, id), false).map(({ op }) => op)
    const undone = await firebreak(machine, ['undo', id, '--auto'])
    expect(undone.code, undone.stderr).toBe(0)
    const journal = journalOf(machine, id)
    expect(done(journal, true).map(({ undoes }) => undoes)).toEqual([...before].reverse())
    expect(theOnly(journal, 'undo.finished').data.outcome).toBe('undone')
    const moves = changesBy(worldLog(machine, id), 'AssociateAddress').map(({ args }) => args)
    expect(moves).toHaveLength(2)
    expect((await firebreak(machine, ['journal', 'verify', id])).code).toBe(0)
  })

  it('has a plan, a gate and one apply of its own before its first op', async () => {
    const { machine, id } = await played()
    await firebreak(machine, ['undo', id, '--auto'])
    const own = journalOf(machine, id).filter(({ frame }) => frame === 'undo#1')
    const types = own.map(({ type }) => type)
    const first = types.indexOf('op.started')
    expect(types.slice(0, first)).toEqual([
      'undo.started',
      'plan.made',
      'question.asked',
      'gate.decided',
      'apply.started',
    ])
  })

  it('says in its plan how the same is done by hand, one command for each change', async () => {
    const { machine, id } = await played()
    await firebreak(machine, ['undo', id, '--auto'])
    const made = ofType(journalOf(machine, id), 'plan.made').at(-1)
    const { changes = [], commands = [] } = made?.data.plan ?? {}
    expect(changes.map(({ verb }) => verb)).toEqual(['unpark', 'move', 'leave-service', 'park'])
    const tag = (words: string) =>
      new RegExp(`^aws ec2 ${words}-tags --resources i-[0-9a-f]+ --tags Key=firebreak:state`)
    for (const [n, form] of [
      tag('delete'),
      /^aws ec2 associate-address /,
      tag('create'),
      tag('create'),
    ].entries())
      expect(commands[n]).toMatch(form)
    expect(commands).toHaveLength(4)
  })

  it('shows with --dry-run what it would do, sends nothing that changes anything and writes nothing down', async () => {
    const { machine, id } = await played()
    const [journal, world] = [textOf(machine, id), worldLog(machine, id)]
    const shown = await firebreak(machine, ['undo', id, '--dry-run', '--auto'])
    expect(shown.code).toBe(0)
    expect(shown.stderr).toContain('Take back what replace did')
    expect(shown.stderr).toContain('Dry-run: nothing was taken back')
    expect(textOf(machine, id)).toBe(journal)
    expect(worldLog(machine, id)).toEqual(world)
  })

  it('is done once: a second one finds nothing left', async () => {
    const { machine, id } = await played()
    await firebreak(machine, ['undo', id, '--auto'])
    const mutating = endpointLog(machine, id).filter(({ mutating }) => mutating).length
    const again = await firebreak(machine, ['undo', id, '--auto'])
    expect(again.code).toBe(0)
    expect(again.stderr).toContain('there is nothing to take back')
    expect(endpointLog(machine, id).filter(({ mutating }) => mutating)).toHaveLength(mutating)
  })

  it('changes nothing where its plan is declined, and says so by its exit code', async () => {
    const { machine, id } = await played()
    const file = `${machine.cwd}/answers.yaml`
    writeFileSync(file, 'gates: { undo: decline }\n')
    const declined = await firebreak(machine, ['undo', id, '--auto', '--answers', file])
    expect(declined.code, declined.stderr).toBe(3)
    expect(done(journalOf(machine, id), true)).toEqual([])
  })

  it('goes on where it was killed, and takes nothing back twice', async () => {
    const { machine, id } = await played()
    const moved = changesBy(worldLog(machine, id), 'AssociateAddress').length
    const killed = await firebreak(machine, ['undo', id, '--auto'], {
      env: killAt('world.log:2:after'),
    })
    expect(killed.signal).toBe(KILLED)
    const resumed = await firebreak(machine, ['undo', id, '--auto'])
    expect(resumed.code, resumed.stderr).toBe(0)
    expect(changesBy(worldLog(machine, id), 'AssociateAddress')).toHaveLength(moved + 1)
    expect(theOnly(journalOf(machine, id), 'undo.finished').data.outcome).toBe('undone')
  })
})

it('`undo last` never takes a drill', async () => {
  const { machine, id } = await played()
  const journal = readFileSync(fileOf(machine, id, 'journal.jsonl'), 'utf8')
  const refused = await firebreak(machine, ['undo', 'last', '--auto'])
  expect(refused.code).toBe(2)
  expect(refused.stderr).toContain('never takes a drill')
  expect(textOf(machine, id)).toBe(journal)
})
