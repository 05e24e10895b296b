import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { claim, type Owner, ownerOf, release } from '../../src/runtime/owner.js'
import { failureOf, okOf } from '../engine/results.js'

let dir: string
let child: ChildProcess | undefined
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'fb-owner-'))
})
afterEach(async () => {
  await end()
  rmSync(dir, { recursive: true })
})

const file = () => path.join(dir, 'owner.json')
const written = (): Owner => JSON.parse(readFileSync(file(), 'utf8'))

/** A process that lives until it is ended; `title` is what the system calls it. */
const sleeper = async (title = 'node'): Promise<ChildProcess & { readonly pid: number }> => {
  const script = `process.title = ${JSON.stringify(title)}; console.log('up'); setTimeout(() => {}, 60_000)`
  const started = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  child = started
  await once(started.stdout, 'data')
  if (started.pid === undefined) throw new Error('it did not start')
  return Object.assign(started, { pid: started.pid })
}

const end = async (): Promise<void> => {
  if (child && child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  child = undefined
}

/** Field 22 of `/proc/<pid>/stat`, past the name in parentheses. */
const startOf = (pid: number): string => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
}

const ownedBy = async (pid: number, more: Partial<Owner> = {}): Promise<void> => {
  okOf(await claim(file(), 'i-1'))
  writeFileSync(file(), JSON.stringify({ ...written(), pid, start: startOf(pid), ...more }))
}

describe('an incident', () => {
  it('that nobody works on can be taken', async () => {
    okOf(await claim(file(), 'i-1'))
    expect(written()).toMatchObject({ host: hostname(), pid: process.pid, start: startOf(process.pid) })
    expect(statSync(file()).mode & 0o777).toBe(0o600)
  })

  it('that another living process works on is refused, with its pid, and stays that process’s', async () => {
    const { pid } = await sleeper()
    await ownedBy(pid)
    const failed = failureOf(await claim(file(), 'i-1'))
    expect(failed).toMatchObject({ kind: 'refused', code: 'incident.owned' })
    expect(failed.message).toContain(String(pid))
    expect(written().pid).toBe(pid)
    expect(await ownerOf(file())).toBe(`process ${pid} on ${hostname()}`)
  })

  it('that this very process works on is refused too', async () => {
    okOf(await claim(file(), 'i-1'))
    expect(failureOf(await claim(file(), 'i-1')).code).toBe('incident.owned')
  })

  it('whose owner died is free', async () => {
    const { pid } = await sleeper()
    await ownedBy(pid)
    await end()
    expect(await ownerOf(file())).toBeUndefined()
    okOf(await claim(file(), 'i-1'))
    expect(written().pid).toBe(process.pid)
  })

  it('whose owner’s number was given to another process is free', async () => {
    const { pid } = await sleeper()
    await ownedBy(pid, { start: String(Number(startOf(pid)) - 1) })
    okOf(await claim(file(), 'i-1'))
  })

  it('whose owner lived before the machine was started again is free', async () => {
    const { pid } = await sleeper()
    await ownedBy(pid, { bootId: 'another-boot' })
    okOf(await claim(file(), 'i-1'))
  })

  it('whose owner is on another host is not free: nobody here can see whether it lives', async () => {
    await ownedBy(process.pid, { host: 'another-host', start: '1' })
    expect(failureOf(await claim(file(), 'i-1')).message).toContain('another-host')
  })

  it('is not free because its owner has an odd name', async () => {
    const { pid } = await sleeper('a) Z 1 (b')
    await ownedBy(pid)
    expect(failureOf(await claim(file(), 'i-1')).code).toBe('incident.owned')
  })

  it.each(['', '{"host":', '{}', '[]', 'null'])('whose owner’s file holds %j is free', async text => {
    writeFileSync(file(), text)
    okOf(await claim(file(), 'i-1'))
  })

  it('that was let go of is free', async () => {
    okOf(await claim(file(), 'i-1'))
    await release(file())
    expect(existsSync(file())).toBe(false)
    await release(file())
    okOf(await claim(file(), 'i-1'))
  })

  it('whose owner cannot be written down is a failure', async () => {
    mkdirSync(file())
    expect(failureOf(await claim(file(), 'i-1')).code).toBe('state.unwritable')
  })
})
