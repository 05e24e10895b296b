import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it, onTestFinished, type TestContext } from 'vitest'
import { firebreak, journalOf, type Machine, newMachine, ofType, onlyIncident, start } from './firebreak.js'
import { rehearseAndRun, writeRunbooks } from './rehearsed.js'

const PATIENCE_MS = 20_000

type Disk = { readonly dir: string; readonly freeze: () => void; readonly thaw: () => void }

/** A file system of its own whose writes hang while it is frozen. Only root can: elsewhere the test is skipped aloud. */
const hangingDisk = (context: TestContext): Disk => {
  const dir = mkdtempSync(path.join(tmpdir(), 'fb-hanging-'))
  const [image, mount] = [path.join(dir, 'image'), path.join(dir, 'mount')]
  mkdirSync(mount)
  const run = (program: string, ...args: string[]) => execFileSync(program, args, { stdio: 'pipe' })
  try {
    run('truncate', '-s', '32M', image)
    run('mkfs.ext4', '-q', image)
    run('mount', '-o', 'loop', image, mount)
  } catch (error) {
    const reason = `no disk can be mounted here: ${error instanceof Error ? error.message : String(error)}`
    console.warn(`SKIPPED ${context.task.name}: ${reason}`)
    context.skip(reason)
  }
  let frozen = false
  const thaw = () => {
    if (frozen) run('fsfreeze', '-u', mount)
    frozen = false
  }
  onTestFinished(() => {
    thaw()
    run('umount', '--lazy', mount)
    rmSync(dir, { recursive: true, force: true })
  })
  return {
    dir: mount,
    freeze: () => {
      run('fsfreeze', '-f', mount)
      frozen = true
    },
    thaw,
  }
}

const SLOWLY = `
  - id: first
    action: command.run
    with: { argv: [/bin/sleep, "1"] }
  - id: second
    action: command.run
    with: { argv: [/bin/sleep, "0"] }
  - id: over
    end: resolved
`

/** Its state is on that disk; the digests of the runbook's plans are known. */
const machineOn = async (disk: Disk): Promise<Machine> => {
  const machine = newMachine()
  writeRunbooks(machine, {
    name: 'slowly',
    title: 'Two commands, one after the other',
    steps: SLOWLY,
    commands: [['/bin/sleep']],
  })
  expect((await rehearseAndRun(machine, 'slowly')).live.code).toBe(0)
  return { ...machine, state: path.join(disk.dir, 'state') }
}

const until = async (reached: () => boolean): Promise<void> => {
  const deadline = performance.now() + PATIENCE_MS
  while (!reached()) {
    if (performance.now() > deadline) throw new Error('it was never reached')
    await pause(5)
  }
}

const inFlight =
  ({ state }: Machine) =>
  (): boolean => {
    try {
      const [id = ''] = readdirSync(path.join(state, 'incidents'))
      return readFileSync(path.join(state, 'incidents', id, 'journal.jsonl'), 'utf8').includes('"op.started"')
    } catch {
      return false
    }
  }

/** A run whose disk hangs while its first command runs, up to where it gives up. */
const hanging = async (context: TestContext) => {
  const disk = hangingDisk(context)
  const machine = await machineOn(disk)
  const args = ['run', 'slowly', '--answers', 'answers.yaml', '--state', machine.state]
  const child = start(machine, args)
  let said = ''
  child.stderr?.on('data', chunk => {
    said += String(chunk)
  })
  await until(inFlight(machine))
  disk.freeze()
  await until(() => said.includes('cannot be written within 5 s'))
  return { disk, machine, child, said: () => said }
}

describe('a disk that hangs', () => {
  it('stops everything within 5 s; with the disk back it ends as paused, and its record verifies', async context => {
    const { disk, machine, child } = await hanging(context)
    disk.thaw()
    expect((await child).exitCode).toBe(4)
    const id = onlyIncident(machine)
    const started = ofType(journalOf(machine, id), 'op.started').map(({ data }) => data.step)
    expect(started).toEqual(['first'])
    expect((await firebreak(machine, ['journal', 'verify', id, '--state', machine.state])).code).toBe(0)
  })

  it('does not keep the terminal: the process ends itself', async context => {
    const { disk, child, said } = await hanging(context)
    await until(() => said().includes('this process ends itself'))
    disk.thaw()
    expect((await child).signal).toBe('SIGKILL')
  })
})
