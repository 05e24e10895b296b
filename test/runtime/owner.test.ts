import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { claim, type Owner, ownerOf, take } from '../../src/runtime/owner.js'
import { freshCopy } from '../../src/runtime/ownership/fresh-copy.js'
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
    const first = okOf(await claim(file(), 'i-1'))
    await first.release()
    expect(await ownerOf(file())).toBeUndefined()
    expect(okOf(await claim(file(), 'i-1')).mark.fence).toBe(2)
    await first.release()
    expect(await ownerOf(file())).toBeDefined()
  })

  it('whose owner cannot be written down is a failure', async () => {
    mkdirSync(file())
    expect(failureOf(await claim(file(), 'i-1')).code).toBe('state.unwritable')
  })
})

describe('the fence of an incident', () => {
  it('rises with each owner, also past one who died, and is never given out twice', async () => {
    expect(okOf(await claim(file(), 'i-1')).mark).toEqual({ host: hostname(), pid: process.pid, fence: 1 })
    const { pid } = await sleeper()
    writeFileSync(file(), JSON.stringify({ ...written(), pid, start: startOf(pid), fence: 7 }))
    await end()
    const second = okOf(await claim(file(), 'i-1'))
    expect(second.mark.fence).toBe(8)
    await second.release()
    expect(okOf(await take(file(), 'i-1')).ownership.mark.fence).toBe(9)
  })
})

describe('an owner from whom an incident is taken', () => {
  it('holds it no longer, and is told who has it and since when', async () => {
    const old = okOf(await claim(file(), 'i-1'))
    expect(okOf(old.holds())).toBeNull()
    const { ownership, from } = okOf(await take(file(), 'i-1'))
    expect(from).toEqual(old.mark)
    const failure = failureOf(old.holds())
    expect(failure).toMatchObject({ kind: 'refused', code: 'incident.lost' })
    expect(failure.message).toContain(`process ${process.pid} on ${hostname()} at ${written().since}`)
    expect(okOf(ownership.holds())).toBeNull()
  })

  it('takes nothing away from the new one when it lets go', async () => {
    const old = okOf(await claim(file(), 'i-1'))
    const { ownership } = okOf(await take(file(), 'i-1'))
    await old.release()
    expect(okOf(ownership.holds())).toBeNull()
    expect(failureOf(await claim(file(), 'i-1')).code).toBe('incident.owned')
  })

  it('is named with the moment of its last key, and no key of it counts afterwards', async () => {
    const old = okOf(await claim(file(), 'i-1'))
    expect(old.lastKey()).toBeUndefined()
    old.pressed()
    const pressed = old.lastKey()
    expect(pressed).toBeDefined()
    const { ownership, from } = okOf(await take(file(), 'i-1'))
    expect(from?.lastKey).toBe(pressed)
    old.pressed()
    expect(ownership.lastKey()).toBeUndefined()
  })

  it('is nobody where it let go before', async () => {
    await okOf(await claim(file(), 'i-1')).release()
    expect(okOf(await take(file(), 'i-1'))).not.toHaveProperty('from')
  })

  it('does not hold it where its record cannot be read', async () => {
    const old = okOf(await claim(file(), 'i-1'))
    rmSync(file())
    expect(failureOf(old.holds()).code).toBe('incident.lost')
  })
})

describe('a journal that is taken over', () => {
  it('is another file: what the old owner still appends to its own never gets into it', async () => {
    const journal = path.join(dir, 'journal.jsonl')
    writeFileSync(journal, 'one\n')
    const old = openSync(journal, 'a')
    okOf(await freshCopy(journal))
    writeSync(old, 'late\n')
    closeSync(old)
    expect(readFileSync(journal, 'utf8')).toBe('one\n')
    expect(readdirSync(dir)).toEqual(['journal.jsonl'])
  })

  it('may be missing: that is for its reader to say', async () => {
    okOf(await freshCopy(path.join(dir, 'none')))
  })
})
