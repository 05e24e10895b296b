import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { describe, expect, it } from 'vitest'
import { firebreak, linesIn, type Machine, newMachine } from './firebreak.js'
import { openTerminal } from './terminal.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PARTS = ['.biome.json', '.gitignore', 'package.json', 'tsconfig.json', 'bin', 'runbooks', 'src', 'test']

/** A checkout of what is here, to write into. */
const checkoutOn = (machine: Machine): string => {
  const root = path.join(machine.dir, 'checkout')
  for (const part of PARTS) cpSync(path.join(ROOT, part), path.join(root, part), { recursive: true })
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(root, 'node_modules'))
  return root
}

/** A tool of the checkout, run in it: what it says, and how it ended. */
const tool = async (cwd: string, program: string, ...args: string[]) => {
  const { exitCode, all } = await execa(path.join(cwd, 'node_modules', '.bin', program), args, {
    cwd,
    all: true,
    reject: false,
    timeout: 40_000,
  })
  return { code: exitCode, said: all }
}

describe('in a checkout of firebreak', () => {
  it('new check and new action write what every rule of it agrees to, with tests that pass', async () => {
    const machine = newMachine()
    const cwd = checkoutOn(machine)
    // From a folder inside; a name that is longer than a line is wide once it is in all its places.
    const inside = { cwd: path.join(cwd, 'src'), timeout: 60_000 }
    const check = await firebreak(machine, ['new', 'check', 'dns.resolve', '--summary', "Who's there"], inside)
    expect(check.code, check.stderr).toBe(0)
    const longest = `proxy.${'mark-as-suspect-'.repeat(4)}now`
    const action = await firebreak(machine, ['new', 'action', longest, '--summary', 'Marks a proxy'], inside)
    expect(action.code, action.stderr).toBe(0)
    expect(check.stderr + action.stderr).not.toContain('could not be done')

    const written = linesIn(check.stdout + action.stdout).map(file => path.join(cwd, 'src', file))
    for (const file of written) expect(existsSync(file), file).toBe(true)
    writeFileSync(
      path.join(cwd, 'tsconfig.new.json'),
      JSON.stringify({ extends: './tsconfig.json', include: [], files: [...written, `${cwd}/src/version.ts`] }),
    )
    const tests = written.filter(file => file.endsWith('.test.ts')).map(file => path.relative(cwd, file))
    const registries = ['test/checks/registry.test.ts', 'test/actions/irreversible.test.ts']
    const [types, ...others] = await Promise.all([
      tool(cwd, 'tsc', '-p', 'tsconfig.new.json'),
      tool(cwd, 'biome', 'check', '--error-on-warnings', ...written),
      tool(cwd, 'vitest', 'run', '--config', 'test/vitest.config.ts', ...tests, ...registries),
    ])
    for (const { code, said } of others) expect(code, said).toBe(0)
    // What the checkout had before is looked at elsewhere.
    const wrong = String(types.said)
      .split('\n')
      .filter(line => /^(?!src\/|test\/| ).|dns-resolve|mark-as-suspect/.test(line))
    expect(wrong).toEqual([])
    const dead = await tool(cwd, 'knip')
    expect(dead.said).not.toMatch(/dns-resolve|mark-as-suspect/)

    const schema = readFileSync(path.join(cwd, 'runbooks', 'runbook.schema.json'), 'utf8')
    expect(schema).toContain('"dns.resolve"')
    expect(schema).toContain(`"${longest}"`)
  })
})

describe('firebreak new check', () => {
  const namesIn = (cwd: string): string => readFileSync(path.join(cwd, 'src/checks/registry.ts'), 'utf8')

  /** Only what makes a folder a checkout, so that nothing is built. */
  const bareCheckout = (machine: Machine): string => {
    const cwd = machine.cwd
    for (const part of ['checks', 'actions']) {
      mkdirSync(path.join(cwd, 'src', part), { recursive: true })
      cpSync(path.join(ROOT, 'src', part, 'registry.ts'), path.join(cwd, 'src', part, 'registry.ts'))
    }
    writeFileSync(path.join(cwd, 'package.json'), '{ "name": "firebreak" }')
    return cwd
  }

  it('says what to do where there is no checkout, an installed firebreak being none', async () => {
    const machine = newMachine()
    writeFileSync(path.join(machine.cwd, 'package.json'), '{ "name": "firebreak" }')
    const { code, stderr } = await firebreak(machine, ['new', 'check', 'dns.resolve', '--summary', 'S'])
    expect(code).toBe(2)
    expect(stderr).toContain('is in no checkout of firebreak')
    expect(stderr).toContain('next: clone firebreak')
  })

  it('overwrites nothing, and takes no name that is there', async () => {
    const machine = newMachine()
    const cwd = bareCheckout(machine)
    const before = namesIn(cwd)
    mkdirSync(path.join(cwd, 'src/checks/dns-resolve'))
    const folder = await firebreak(machine, ['new', 'check', 'dns.resolve', '--summary', 'S'])
    expect(folder.code).toBe(2)
    expect(folder.stderr).toContain('dns-resolve already')
    const name = await firebreak(machine, ['new', 'check', 'proxy.connections', '--summary', 'S'])
    expect(name.code).toBe(2)
    expect(name.stderr).toContain('there is proxy.connections in ')
    expect(namesIn(cwd)).toBe(before)
    expect(existsSync(path.join(cwd, 'test'))).toBe(false)
  })

  it.each([
    [['new', 'check'], 'a name for the check'],
    [['new', 'check', 'dns', '--summary', 'S'], 'such as dns.resolve, and `dns` is not'],
    [['new', 'check', 'dns.resolve'], '--summary TEXT'],
    [['new', 'action', 'dns.move', '--summary', 'a\nb'], 'a summary is one line'],
  ])('refuses %j, and says why', async (args, why) => {
    const machine = newMachine()
    const cwd = bareCheckout(machine)
    const { code, stderr } = await firebreak(machine, args)
    expect(code).toBe(2)
    expect(stderr).toContain(why)
    expect(existsSync(path.join(cwd, 'test'))).toBe(false)
  })

  it('asks at a terminal for what was not said', async () => {
    const machine = newMachine()
    const cwd = bareCheckout(machine)
    const terminal = await openTerminal(machine, ['new', 'check'])
    await terminal.says('Name of the check')
    await terminal.press('dns', 'Enter')
    await terminal.says('what it is about')
    await terminal.press('dns.resolve', 'Enter')
    await terminal.says('What does it look at')
    await terminal.press('Resolves a name', 'Enter')
    expect(await terminal.ended()).toBe(0)
    expect(readFileSync(path.join(cwd, 'src/checks/dns-resolve/schema.ts'), 'utf8')).toContain(
      "summary: 'Resolves a name'",
    )
  })

  it('says what is left to be done where the checkout has no tools yet', async () => {
    const machine = newMachine()
    const cwd = bareCheckout(machine)
    rmSync(path.join(cwd, 'node_modules'), { recursive: true, force: true })
    const { code, stderr } = await firebreak(machine, ['new', 'check', 'dns.resolve', '--summary', 'S'])
    expect(code).toBe(0)
    expect(namesIn(cwd)).toContain("'dns.resolve': dnsResolve,")
    expect(stderr).toMatch(
      /biome check --write src\/checks\/dns-resolve\/schema\.ts [^ ]+ .* {2}could not be done from here/,
    )
  })
})
