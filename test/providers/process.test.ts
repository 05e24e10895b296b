import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { fail } from '../../src/domain/result.js'
import type { ProcessRequest, Ran } from '../../src/providers/contract.js'
import { createProviders } from '../../src/providers/providers.js'
import type { Outside } from '../../src/providers/wire.js'
import { fastClock } from './clock.js'
import { failureOf, okOf, testWire } from './wire.js'

const outside: Outside = { env: { PATH: process.env.PATH }, redact: text => text }

/** On a clock that never runs out, unless told how fast it is. */
const wireOf = (more: Partial<Outside> = {}, speed = 0.001) => ({
  ...testWire({ clock: fastClock(speed) }),
  outside: { ...outside, ...more },
})

const MINUTE = 60_000
const node = (script: string, ...args: string[]): readonly string[] => [process.execPath, '-e', script, ...args]

const run = (request: Partial<ProcessRequest>, wire = wireOf()) =>
  createProviders(wire).processes.run({ argv: node(''), timeout: MINUTE, ...request })

const said = async (script: string, request: Partial<ProcessRequest> = {}, wire = wireOf()): Promise<Ran> =>
  okOf(await run({ argv: node(script), ...request }, wire))

const folder = (): string => {
  const dir = mkdtempSync(path.join(tmpdir(), 'fb-process-'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
  return dir
}

const isAlive = (pid: number): boolean =>
  existsSync(`/proc/${pid}/status`) && !/State:\s+Z/.test(readFileSync(`/proc/${pid}/status`, 'utf8'))

describe('a program', () => {
  it('gets its arguments as they are: no shell reads them', async () => {
    const argv = node(
      'process.stdout.write(JSON.stringify(process.argv.slice(1)))',
      '$HOME',
      '*',
      '; ls',
      'a b',
    )
    expect(JSON.parse(okOf(await run({ argv })).stdout)).toEqual(['$HOME', '*', '; ls', 'a b'])
  })

  it('says what it says, and how it ended', async () => {
    const ran = await said('process.stdout.write("out"); process.stderr.write("err"); process.exitCode = 3')
    expect(ran).toEqual({ exit: 3, stdout: 'out', stderr: 'err' })
  })

  it('reads what it is given, and nothing where it is given nothing', async () => {
    const echo = 'process.stdin.pipe(process.stdout)'
    expect((await said(echo, { stdin: 'hello\n' })).stdout).toBe('hello\n')
    expect((await said(echo)).stdout).toBe('')
  })

  it('that does not read what it is given has still ended well', async () => {
    expect(await said('process.exit(0)', { stdin: 'x'.repeat(1_000_000) })).toMatchObject({ exit: 0 })
  })

  it('has the environment of its parent without the secrets in it, and what it is given', async () => {
    const env = {
      PATH: process.env.PATH,
      LANG: 'C.UTF-8',
      FIREBREAK_SECRET_KEY: 'canary-in-env',
      FIREBREAK_SECRETS: '/run/secrets',
      FIREBREAK_STATE: '/state',
    }
    const { stdout } = await said(
      'process.stdout.write(JSON.stringify(process.env))',
      { env: { TOKEN: 'given' } },
      wireOf({ env }),
    )
    const seen = JSON.parse(stdout)
    expect(seen).toMatchObject({ LANG: 'C.UTF-8', FIREBREAK_STATE: '/state', TOKEN: 'given' })
    expect(Object.keys(seen)).not.toContain('FIREBREAK_SECRET_KEY')
    expect(Object.keys(seen)).not.toContain('FIREBREAK_SECRETS')
  })

  it('is in a process group of its own, so that Ctrl-C at the terminal does not reach it', async () => {
    const { stdout } = await said('process.stdout.write(require("fs").readFileSync("/proc/self/stat", "utf8"))')
    const [pid, group] = [stdout.split(' ')[0], stdout.slice(stdout.lastIndexOf(')') + 2).split(' ')[2]]
    expect(group).toBe(pid)
  })

  it('that says more than is kept is heard to its end, and the cut is said', async () => {
    const { stdout, exit } = await said(
      'process.stdout.write("x".repeat(1_000_000)); process.stdout.write("end")',
    )
    expect(exit).toBe(0)
    expect(stdout).toBe(`${'x'.repeat(65_536)}\n(cut: this is the beginning of 1000003 bytes)`)
  })

  it('leaves no half of a secret where its output is cut', async () => {
    const secret = 'canary-canary-canary'
    const redact = (text: string): string => text.replaceAll(secret, '[secret KEY]')
    for (const length of [65_536 - 10, 65_536 + 16_384 - 10]) {
      const script = `process.stdout.write("x".repeat(${length}) + "${secret}" + "y".repeat(100_000))`
      const { stdout } = await said(script, {}, wireOf({ redact }))
      expect(stdout).not.toContain('canary')
      expect(stdout).toMatch(/beginning of \d+ bytes\)$/)
    }
  })

  it('has ended when it has, also where something that it left running holds its output open', async () => {
    const script = `
      const child = require('child_process').spawn('sleep', ['1000'], { stdio: 'inherit' })
      require('fs').writeSync(1, String(child.pid))
      process.exit(0)`
    const slow = fastClock(0.001)
    const clock = {
      ...slow,
      sleep: (ms: number, signal?: AbortSignal) => slow.sleep(ms === MINUTE ? ms : 0, signal),
    }
    const { exit, stdout } = await said(script, {}, { ...wireOf(), clock })
    expect(exit).toBe(0)
    expect(isAlive(Number(stdout))).toBe(true)
    process.kill(Number(stdout), 'SIGKILL')
  })

  it('that is not there was not started', async () => {
    const wire = wireOf()
    const failure = failureOf(await run({ argv: ['/nonexistent/program', 'x'] }, wire))
    expect(failure).toMatchObject({ code: 'command.failed', message: expect.stringContaining('ENOENT') })
    expect(wire.sent).toEqual([])
  })

  it('that a signal ended is in doubt', async () => {
    const failure = failureOf(
      await run({ argv: node('console.error("half way"); process.kill(process.pid, "SIGKILL")') }),
    )
    expect(failure).toMatchObject({
      code: 'target.timeout',
      message: expect.stringMatching(/SIGKILL.*half way/),
    })
  })

  it('that does not end in time is stopped, with all that it started, and is in doubt', async () => {
    const file = path.join(folder(), 'pids')
    const script = `
      process.on('SIGTERM', () => {})
      const child = require('child_process').spawn('sleep', ['1000'])
      require('fs').writeFileSync(${JSON.stringify(file)}, process.pid + ' ' + child.pid)
      setInterval(() => {}, 1000)`
    // Its own clock: late as soon as the program has written down that it is there.
    const clock = {
      ...fastClock(1_000),
      sleep: async (ms: number, signal?: AbortSignal) => {
        while (ms === MINUTE && !existsSync(file) && !signal?.aborted) await new Promise(setImmediate)
        return fastClock(20).sleep(ms === MINUTE ? 0 : ms, signal)
      },
    }
    const failure = failureOf(await run({ argv: node(script) }, { ...wireOf(), clock }))
    expect(failure).toMatchObject({ code: 'target.timeout', message: expect.stringContaining('within 1m') })
    const [parent, child] = readFileSync(file, 'utf8').split(' ').map(Number)
    await expect.poll(() => isAlive(parent as number) || isAlive(child as number)).toBe(false)
  })
})

describe('a start of a program', () => {
  it('is recorded as a change, under the name of the program alone', async () => {
    const wire = wireOf()
    await run({ argv: node('', 'an argument') }, wire)
    expect(wire.sent).toEqual([
      { endpoint: 'process', operation: path.basename(process.execPath), mutating: true },
    ])
  })

  it('that is not admitted does not happen', async () => {
    const file = path.join(folder(), 'made')
    const wire = { ...wireOf(), admit: () => fail('bug', 'effects are withheld.', 'report this') }
    const argv = node(`require('fs').writeFileSync(${JSON.stringify(file)}, '')`)
    expect(failureOf(await run({ argv }, wire)).code).toBe('bug')
    expect(existsSync(file)).toBe(false)
    expect(wire.sent).toEqual([])
  })

  it('does not happen in a drill', async () => {
    const file = path.join(folder(), 'made')
    const wire = testWire()
    const argv = node(`require('fs').writeFileSync(${JSON.stringify(file)}, '')`)
    expect(failureOf(await createProviders(wire).processes.run({ argv, timeout: MINUTE })).code).toBe(
      'drill.escape',
    )
    expect(existsSync(file)).toBe(false)
  })
})
