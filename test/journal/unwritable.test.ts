import { existsSync, mkdirSync, statSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { createJournal, readJournal, reopenJournal } from '../../src/journal/file-journal.js'
import { failureOf, okOf } from '../engine/results.js'
import { folder, note, optionsFor, still, write } from './written.js'

const UNWRITABLE = { kind: 'environment', code: 'journal.unwritable' }

describe('a journal that cannot be written', () => {
  it('is a failure that names the file where a folder stands in its place', async () => {
    const file = path.join(folder(), 'journal.jsonl')
    mkdirSync(file)
    const failed = failureOf(await createJournal(optionsFor(file)))
    expect(failed).toMatchObject(UNWRITABLE)
    expect(failed.message).toContain(file)
    expect(failureOf(await reopenJournal(optionsFor(file))).code).toBe('journal.damaged')
  })

  it('is a failure where its folder is missing', async () => {
    const file = path.join(folder(), 'missing', 'journal.jsonl')
    expect(failureOf(await createJournal(optionsFor(file)))).toMatchObject(UNWRITABLE)
    expect(failureOf(await readJournal(file)).code).toBe('journal.damaged')
  })

  it('is a failure where one stands already: no incident is written over', async () => {
    const file = path.join(folder(), 'journal.jsonl')
    await (await write(file, 'one')).close()
    const { size } = statSync(file)
    expect(failureOf(await createJournal(optionsFor(file)))).toMatchObject(UNWRITABLE)
    expect(statSync(file).size).toBe(size)
  })

  it('is a failure where its name leads to a full device', async () => {
    if (!existsSync('/dev/full')) return
    const file = path.join(folder(), 'journal.jsonl')
    symlinkSync('/dev/full', file)
    expect(failureOf(await createJournal(optionsFor(file)))).toMatchObject(UNWRITABLE)
  })

  it('is a failure of the append, and the chain stays where it was', async () => {
    const file = path.join(folder(), 'journal.jsonl')
    const journal = await write(file, 'one')
    const before = journal.head()
    await journal.close()
    expect(failureOf(await journal.append(note('two'), true))).toMatchObject(UNWRITABLE)
    expect(journal.head()).toBe(before)
  })

  it('is a failure where the disk refuses the sync', async () => {
    const file = path.join(folder(), 'journal.jsonl')
    let full = false
    const io = async <T>(work: Promise<T>): Promise<T> => {
      const done = await work
      if (full) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
      return done
    }
    const journal = okOf(await createJournal({ ...optionsFor(file), clock: { ...still, io } }))
    okOf(await journal.append(note('one'), true))
    full = true
    const failed = failureOf(await journal.append(note('two'), true))
    expect(failed).toMatchObject(UNWRITABLE)
    expect(failed.message).toContain('no space left')
    full = false
    await journal.close()
  })
})

describe('the file of a journal', () => {
  it('is for its owner alone', async () => {
    const file = path.join(folder(), 'journal.jsonl')
    await (await write(file, 'one')).close()
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('holds what was appended when it is closed, also where nobody waited for the disk', async () => {
    const file = path.join(folder(), 'journal.jsonl')
    const journal = okOf(await createJournal(optionsFor(file)))
    okOf(await journal.append(note('one'), false))
    await journal.close()
    expect(okOf(await readJournal(file)).entries).toMatchObject([note('one')])
  })
})
