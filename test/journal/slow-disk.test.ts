import type { FileHandle, open } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { createJournal, type FileJournalOptions } from '../../src/journal/file-journal.js'
import { failureOf, okOf } from '../engine/results.js'
import { note, optionsFor, still } from './written.js'

type Call = 'appendFile' | 'datasync' | 'close'

/** A file whose calls end when the test says so. */
const slowFile = () => {
  const calls: Call[] = []
  const ends: (() => void)[] = []
  const call = (name: Call) => () =>
    new Promise<void>(resolve => {
      calls.push(name)
      ends.push(resolve)
    })
  // Of a handle the journal uses these three.
  const handle = {
    appendFile: call('appendFile'),
    datasync: call('datasync'),
    close: call('close'),
  } as unknown as FileHandle
  const opened: typeof open = async () => handle
  return { calls, open: opened, end: (n: number) => ends[n]?.() }
}

/** Time that passes when the test says so. */
const handTimer = () => {
  const armed: { readonly ms: number; readonly fire: () => void }[] = []
  let calledOff = 0
  const timer: NonNullable<FileJournalOptions['timer']> = (ms, fire) => {
    armed.push({ ms, fire })
    return () => {
      calledOff += 1
    }
  }
  return { timer, armed, calledOff: () => calledOff, pass: () => armed.at(-1)?.fire() }
}

const onSlowDisk = async (more: Partial<FileJournalOptions> = {}) => {
  const file = slowFile()
  const time = handTimer()
  const journal = okOf(
    await createJournal({ ...optionsFor('journal.jsonl'), open: file.open, timer: time.timer, ...more }),
  )
  return { file, time, journal }
}

/** Until everything that can go on has gone on. */
const settled = () => new Promise(resolve => setImmediate(resolve))

describe('a disk that takes longer than 5 s', () => {
  it('for the write is a failure that says how the incident can go on elsewhere', async () => {
    const { time, journal } = await onSlowDisk()
    const before = journal.head()
    const appended = journal.append(note('one'), true)
    await settled()
    expect(time.armed.at(-1)?.ms).toBe(5_000)
    time.pass()
    const failed = failureOf(await appended)
    expect(failed).toMatchObject({ kind: 'environment', code: 'journal.unwritable' })
    expect(failed.message).toBe('journal.jsonl: cannot be written within 5 s')
    expect(failed.next).toContain('mend the disk, or copy the state folder')
    expect(failed.next).toContain('`firebreak resume i-1 --state DIR`')
    expect(journal.head()).toBe(before)
  })

  it('for the sync is the same failure', async () => {
    const { file, time, journal } = await onSlowDisk()
    const appended = journal.append(note('one'), true)
    await settled()
    file.end(0)
    await settled()
    expect(file.calls).toEqual(['appendFile', 'datasync'])
    time.pass()
    expect(failureOf(await appended).message).toContain('cannot be written within 5 s')
  })

  it('gets nothing more to write: no second try, and no later event', async () => {
    const { file, time, journal } = await onSlowDisk()
    const appended = journal.append(note('one'), true)
    await settled()
    time.pass()
    const first = failureOf(await appended)
    expect(failureOf(await journal.append(note('two'), true))).toEqual(first)
    expect(failureOf(await journal.append(note('three'), false))).toEqual(first)
    expect(file.calls).toEqual(['appendFile'])
  })

  it('is not believed when it comes round after all, and the work is not gone on with', async () => {
    const { file, time, journal } = await onSlowDisk()
    const before = journal.head()
    const appended = journal.append(note('one'), true)
    await settled()
    time.pass()
    failureOf(await appended)
    file.end(0)
    await settled()
    expect(file.calls).toEqual(['appendFile'])
    expect(journal.head()).toBe(before)
    expect(failureOf(await journal.append(note('two'), true)).code).toBe('journal.unwritable')
  })

  it('does not hold up whoever closes the journal', async () => {
    const { file, time, journal } = await onSlowDisk()
    const appended = journal.append(note('one'), true)
    await settled()
    time.pass()
    failureOf(await appended)
    await journal.close()
    expect(file.calls).toEqual(['appendFile', 'close'])
  })

  it('holds the clock of a drill until it is given up, and no longer', async () => {
    let open = 0
    const io = <T>(work: Promise<T>): Promise<T> => {
      open += 1
      return work.finally(() => {
        open -= 1
      })
    }
    const { time, journal } = await onSlowDisk({ clock: { ...still, io } })
    const appended = journal.append(note('one'), true)
    await settled()
    expect(open).toBe(1)
    time.pass()
    failureOf(await appended)
    expect(open).toBe(0)
  })
})

describe('an event that rides along', () => {
  it('is on its way at once, and the next one waits for it', async () => {
    const { file, journal } = await onSlowDisk()
    okOf(await journal.append(note('one'), false))
    await settled()
    expect(file.calls).toEqual(['appendFile'])
    const synced = journal.append(note('two'), true)
    await settled()
    expect(file.calls).toEqual(['appendFile'])
    file.end(0)
    await settled()
    file.end(1)
    await settled()
    file.end(2)
    okOf(await synced)
    expect(file.calls).toEqual(['appendFile', 'appendFile', 'datasync'])
  })

  it('goes out as one write with those that come right after it', async () => {
    const { file, journal } = await onSlowDisk()
    okOf(await journal.append(note('one'), false))
    okOf(await journal.append(note('two'), false))
    const synced = journal.append(note('three'), true)
    await settled()
    file.end(0)
    await settled()
    file.end(1)
    okOf(await synced)
    expect(file.calls).toEqual(['appendFile', 'datasync'])
  })

  it('that takes longer than 5 s fails whatever comes after it, unwritten', async () => {
    const { file, time, journal } = await onSlowDisk()
    const before = journal.head()
    okOf(await journal.append(note('one'), false))
    const synced = journal.append(note('two'), true)
    await settled()
    time.pass()
    expect(failureOf(await synced).code).toBe('journal.unwritable')
    expect(failureOf(await journal.append(note('three'), false)).code).toBe('journal.unwritable')
    expect(file.calls).toEqual(['appendFile'])
    expect(journal.head()).toBe(before)
  })
})

describe('a disk that is in time', () => {
  it('leaves no timer behind', async () => {
    const { file, time, journal } = await onSlowDisk()
    const appended = journal.append(note('one'), true)
    await settled()
    file.end(0)
    await settled()
    file.end(1)
    okOf(await appended)
    expect(time.calledOff()).toBe(time.armed.length)
  })
})
