import { chmodSync, existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { fileOf, firebreak, incidentsOf, newMachine, onlyIncident, type Run, textOf } from './firebreak.js'
import { interrupted } from './kill.js'

const RUN = ['run', 'proxy-connection-surge']

/** What is typed, what is said of it, and what to do instead. */
const WRONG: [typed: string[], says: RegExp, next: RegExp][] = [
  [['dril'], /unknown command 'dril'/, /did you mean drill/i],
  [['frobnicate'], /unknown command 'frobnicate'/, /--help/],
  [['drill', '--sed', '3'], /unknown option '--sed'/, /did you mean --seed/i],
  [['drill', '--seed'], /'--seed <n>' argument missing/, /--help/],
  [['drill', '--seed', '0'], /--seed cannot be "0"/, /whole number from 1/],
  [['drill', '--seed', 'three'], /--seed cannot be "three"/, /whole number from 1/],
  [['drill', '--seed', '1.5'], /--seed cannot be "1.5"/, /whole number from 1/],
  [['drill', '--speed', '0'], /--speed cannot be "0"/, /whole number from 1/],
  [['drill', 'one-hot-prox'], /no one-hot-prox/, /did you mean one-hot-proxy/],
  [['drill', 'meteor'], /no meteor/, /there are: .*one-hot-proxy/],
  [['drill', 'one', 'two'], /too many arguments/, /--help/],
  [['run'], /missing required argument 'runbook'/, /--help/],
  [['run', 'proxy-conection-surge'], /no proxy-conection-surge/, /did you mean proxy-connection-surge/],
  [['show', 'proxy-conection-surge'], /no proxy-conection-surge/, /did you mean proxy-connection-surge/],
  [RUN, /input cluster is missing/, /-i cluster=VALUE.*us-east-c1/],
  [[...RUN, '-i', 'cluster'], /no assignment/, /-i name=value/],
  [[...RUN, '-i', 'clutser=us-east-c1'], /no input clutser/, /did you mean cluster/],
  [[...RUN, '-i', 'cluster=us-east-c9'], /cluster cannot be "us-east-c9"/, /us-east-c1/],
  [[...RUN, '-i', 'cluster=us-east-c1', '--auto'], /without anybody agreeing/, /--dry-run.*firebreak drill/],
  [['resume', 'nope'], /no incident nope/, /firebreak drill/],
  [['resume', 'last'], /no incident/, /next: \S/],
  [['status', 'nope'], /no incident nope/, /firebreak drill/],
  [['journal', 'verify', 'nope'], /no incident nope/, /firebreak drill/],
  [['lint', '--format', 'xml'], /--format cannot be xml/, /use text, json, sarif, github/],
]

describe('a command line that is wrong', () => {
  it.each(WRONG)('%j is refused with what to do instead, and exit code 2', async (typed, says, next) => {
    const machine = newMachine()
    const run = await firebreak(machine, typed)
    expect(run.code).toBe(2)
    expect(run.stdout).toBe('')
    expect(run.stderr).toMatch(says)
    expect(run.stderr).toMatch(next)
    expectCalm(run)
    expect(existsSync(path.join(machine.state, 'incidents'))).toBe(false)
  })
})

describe('an answers file that does not fit is refused before anything starts', () => {
  it.each([
    ['a step that there is not', 'answers: { calmm: yes }', /no ask or manual step calmm/, /calm\?/, 2],
    ['a step that asks nothing', 'answers: { survey: yes }', /no ask or manual step survey/, /calm, stuck/, 2],
    ['a choice that there is not', 'answers: { calm: yess }', /calm has no choice yess/, /yes\?/, 2],
    ['a gate that there is not', 'gates: { replase: decline }', /no action step replase/, /replace\?/, 2],
    ['an input that there is not', 'inputs: { clutser: us-east-c1 }', /no input clutser/, /cluster\?/, 2],
    ['a key that there is not', 'gate: { replace: decline }', /answers\.yaml:1:1: error\[/, /`gates`/, 1],
    ['a gate that is neither', 'gates: { replace: approve }', /answers\.yaml:1:19: error\[/, /decline/, 1],
    ['nothing', '', /answers\.yaml:1:1: error\[.*empty/, /\S/, 1],
  ])('%s', async (_, text, says, right, code) => {
    const machine = newMachine()
    writeFileSync(path.join(machine.cwd, 'answers.yaml'), text)
    const run = await firebreak(machine, ['drill', '--auto', '--answers', 'answers.yaml'])
    expect(run.stderr).toMatch(says)
    expect(run.stderr).toMatch(right)
    expect(run.code).toBe(code)
    expectCalm(run)
    expect(existsSync(path.join(machine.state, 'incidents'))).toBe(false)
  })
})

describe('resume', () => {
  it('of an incident that has ended says how it ended, and changes nothing', async () => {
    const machine = newMachine()
    await firebreak(machine, ['drill', '--auto', '--seed', '6'])
    const id = onlyIncident(machine)
    const before = textOf(machine, id)
    const run = await firebreak(machine, ['resume', 'last'])
    expect(run.code).toBe(2)
    expect(run.stderr).toContain(`${id} has ended: resolved`)
    expect(run.stderr).toContain(`firebreak status ${id}`)
    expectCalm(run)
    expect(textOf(machine, id)).toBe(before)
  })

  it('of a prefix that two incidents share asks for more of it', async () => {
    const machine = newMachine()
    await firebreak(machine, ['drill', '--auto', '--dry-run', '--seed', '6'])
    await firebreak(machine, ['drill', '--auto', '--dry-run', '--seed', '7'])
    const run = await firebreak(machine, ['resume', 'drill-'])
    expect(run.code).toBe(2)
    for (const id of incidentsOf(machine)) expect(run.stderr).toContain(id)
    expectCalm(run)
  })

  it('of a drill that died before its first line says that nothing was done under it', async () => {
    const { machine } = await interrupted(['drill', '--auto'], { file: 'journal.jsonl', lines: 1 }, 'SIGKILL')
    const id = onlyIncident(machine)
    truncateSync(fileOf(machine, id, 'journal.jsonl'), 40)
    const run = await firebreak(machine, ['resume', id, '--auto'])
    expect(run.code).toBe(1)
    expect(run.stderr).toMatch(/never started/)
    expect(run.stderr).toMatch(/next: .*firebreak drill/)
    expectCalm(run)
  })
})

describe('a state folder that cannot be used', () => {
  it('a file stands in its place', async () => {
    const machine = newMachine()
    writeFileSync(machine.state, 'mine')
    const run = await firebreak(machine, ['drill', '--auto'])
    expect(run.code).toBe(1)
    expect(run.stderr).toContain(machine.state)
    expect(run.stderr).toMatch(/next: .*--state/)
    expectCalm(run)
    expect(readFileSync(machine.state, 'utf8')).toBe('mine')
  })

  it('it cannot be written', async () => {
    const machine = newMachine()
    // Not even root can make a folder there.
    const run = await firebreak(machine, ['drill', '--auto', '--state', '/proc/firebreak'])
    expect(run.code).toBe(1)
    expect(run.stderr).toContain('/proc/firebreak')
    expect(run.stderr).toMatch(/next: .*--state/)
    expectCalm(run)
  })

  it('to read one that is not there finds no incident, and makes nothing', async () => {
    const machine = newMachine()
    const run = await firebreak(machine, ['incidents'])
    expect(run.code).toBe(0)
    expect(run.stderr).toContain(machine.state)
    expect(existsSync(machine.state)).toBe(false)
  })

  it('a folder of somebody else is used as it is, and made no wider', async () => {
    const machine = newMachine()
    mkdirSync(machine.state, { mode: 0o700 })
    chmodSync(machine.state, 0o700)
    expect((await firebreak(machine, ['drill', '--auto'])).code).toBe(0)
    expect(incidentsOf(machine)).toHaveLength(1)
  })
})

const expectCalm = ({ stdout, stderr }: Run): void => {
  expect(stdout + stderr).not.toMatch(/^ {4}at |this is a bug|undefined|\[object/m)
}
