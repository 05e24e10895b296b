import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { firebreak, type Machine, newMachine, RUNBOOKS } from './firebreak.js'
import { openTerminal } from './terminal.js'

const SHIPPED = 'proxy-connection-surge'

/** The shipped runbooks with their drills, and other tests beside them. */
const machineWith = (tests: string, mend: (runbook: string) => string = text => text): Machine => {
  const machine = newMachine()
  const dir = path.join(machine.cwd, 'runbooks')
  cpSync(RUNBOOKS, dir, { recursive: true, filter: file => path.basename(file) !== 'tests' })
  const file = path.join(dir, `${SHIPPED}.yaml`)
  writeFileSync(file, mend(readFileSync(file, 'utf8')))
  mkdirSync(path.join(dir, 'tests'))
  writeFileSync(path.join(dir, 'tests', 'own.test.yaml'), tests)
  return machine
}

const ONE = `runbook: ${SHIPPED}
cases:
  - name: a hot proxy is replaced
    scenario: one-hot-proxy
    seed: 3
    expect: { outcome: resolved, steps: { replace: applied } }
`

describe('firebreak test', () => {
  it('passes for the shipped runbooks, which are covered whole', async () => {
    const { code, stdout, stderr } = await firebreak(newMachine(), ['test', '--min-coverage', '100'], {
      timeout: 120_000,
    })
    expect(code, stdout + stderr).toBe(0)
    for (const name of [SHIPPED, 'cluster-wide-degradation']) expect(stdout).toContain(`${name}: 100 % covered`)
    expect(stdout).toMatch(/^[1-9]\d* passed, 0 failed$/m)
  }, 150_000)

  it('says what came out otherwise, and how it went', async () => {
    const machine = machineWith(ONE, text =>
      text.replace('action: proxy.replace', 'when: "false"\n    action: proxy.replace'),
    )
    const { code, stdout } = await firebreak(machine, ['test'])
    expect(code).toBe(1)
    expect(stdout).toContain(`FAIL  ${SHIPPED}: a hot proxy is replaced`)
    expect(stdout).toContain('replace: skipped, not applied')
    expect(stdout).toMatch(/\| 03:12:00 {2}survey/)
    expect(stdout).toContain('0 passed, 1 failed')
  })

  it('names what no case takes, and fails below the coverage that is asked for', async () => {
    const machine = machineWith(ONE)
    const { code, stdout } = await firebreak(machine, ['test', '--min-coverage', '90'])
    expect(code).toBe(1)
    for (const item of ['step stuck', 'choice calm.watch', 'branch reach[1]'])
      expect(stdout).toContain(`never taken: ${item}`)
    expect(stdout).toContain('The coverage is below 90 %.')
    expect((await firebreak(machine, ['test', '--min-coverage', '10'])).code).toBe(0)
  })

  it('lists the mutants that no case notices', async () => {
    const { code, stdout } = await firebreak(machineWith(ONE), ['test', '--mutate'])
    expect(code).toBe(1)
    expect(stdout).toContain(`survived: ${SHIPPED}: replace: without \`limit\``)
    // Without its first look there is nothing to go by.
    expect(stdout).not.toContain(`survived: ${SHIPPED}: survey: left out`)
  })

  it('plays nothing where a test file is wrong, and says where', async () => {
    const { code, stdout, stderr } = await firebreak(
      machineWith(ONE.replace('replace: applied', 'replac: applied')),
      ['test'],
    )
    expect(code).toBe(1)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/own\.test\.yaml:6:43: error\[test-unknown-name\]: `replac`/)
    expect(stderr).toContain('did you mean `replace`?')
  })

  it.each([
    [['test', '--jobs', 'two'], '--jobs cannot be "two"'],
    [['test', '--runbooks', 'nowhere'], 'there are no runbook tests in'],
  ])('refuses %j, and says why', async (args, why) => {
    const { code, stderr } = await firebreak(newMachine(), args)
    expect(code).toBe(2)
    expect(stderr).toContain(why)
  })

  it('shows at a terminal how far it is', async () => {
    const machine = machineWith(ONE)
    const terminal = await openTerminal(machine, ['test'])
    await terminal.says(/\[#*\.*\] \d\/1 cases|1 passed, 0 failed/)
    await terminal.says('1 passed, 0 failed')
    expect(await terminal.ended()).toBe(0)
  })
})
