import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Failure } from '../../src/domain/result.js'
import type { Journal } from '../../src/journal/contract.js'
import { readJournal, reopenJournal } from '../../src/journal/file-journal.js'
import { failureOf, okOf } from '../engine/results.js'
import { smallDisk } from './small-disk.js'
import { note, observed, optionsFor, write } from './written.js'

/** Not a part of a page: the last line does not fit whole. */
const TEXT = 'x'.repeat(3_001)

/** Appends until the disk is full: the texts that were written, and the failure. */
const fill = async (journal: Journal): Promise<{ readonly texts: string[]; readonly failed: Failure }> => {
  const texts: string[] = []
  for (;;) {
    const text = `${texts.length} ${TEXT}`
    const written = await journal.append(note(text), true)
    if (!written.ok) return { texts, failed: written.failure }
    texts.push(text)
  }
}

describe('a disk that is full', () => {
  it('is a failure of the append; what was written verifies; and with space it goes on', async context => {
    const disk = smallDisk(context, 64)
    const file = path.join(disk.dir, 'journal.jsonl')
    const journal = await write(file)
    const { texts, failed } = await fill(journal)
    expect(failed).toMatchObject({ kind: 'environment', code: 'journal.unwritable' })
    expect(failed.message).toContain('ENOSPC')
    expect(texts.length).toBeGreaterThan(5)
    await journal.close()

    const read = okOf(await readJournal(file))
    expect(read.entries).toMatchObject(texts.map(note))
    expect(read.torn).toBeGreaterThan(0)

    disk.remount('size=128k')
    const again = okOf(await reopenJournal(optionsFor(file)))
    okOf(await again.journal.append(note('there is space again'), true))
    await again.journal.close()
    const after = okOf(await readJournal(file))
    expect(after.torn).toBe(0)
    expect(after.entries).toMatchObject([...texts, 'there is space again'].map(note))
  })

  it('is not written to again by the journal that met it, whatever became free: half a line stands there', async context => {
    const disk = smallDisk(context, 64)
    const file = path.join(disk.dir, 'journal.jsonl')
    const journal = await write(file)
    const { failed } = await fill(journal)
    const { size } = statSync(file)
    disk.remount('size=128k')
    expect(failureOf(await journal.append(note('short'), true))).toEqual(failed)
    expect(statSync(file).size).toBe(size)
    await journal.close()
  })

  it('that cannot hold an output has no line that refers to it, and what stands of it is written over', async context => {
    const disk = smallDisk(context, 64)
    const file = path.join(disk.dir, 'journal.jsonl')
    const event = observed('y'.repeat(80_000))
    const journal = await write(file, 'one')
    expect(failureOf(await journal.append(event, true)).message).toContain('ENOSPC')
    await journal.close()
    expect(okOf(await readJournal(file))).toMatchObject({ entries: [note('one')], torn: 0 })

    disk.remount('size=256k')
    const again = okOf(await reopenJournal(optionsFor(file)))
    okOf(await again.journal.append(event, true))
    await again.journal.close()
    expect(okOf(await readJournal(file)).entries).toMatchObject([note('one'), event])
  })
})

describe('a disk that may only be read', () => {
  it('is a failure that changes nothing, and reading goes on; written again, the journal goes on', async context => {
    const disk = smallDisk(context, 64)
    const file = path.join(disk.dir, 'journal.jsonl')
    await (await write(file, 'one')).close()
    const before = readFileSync(file)
    disk.remount('ro')
    const failed = failureOf(await reopenJournal(optionsFor(file)))
    expect(failed.code).toBe('journal.unwritable')
    expect(failed.message).toContain('EROFS')
    expect(okOf(await readJournal(file)).entries).toMatchObject([note('one')])
    disk.remount('rw')
    expect(readFileSync(file)).toEqual(before)
    const { journal } = okOf(await reopenJournal(optionsFor(file)))
    okOf(await journal.append(note('two'), true))
    await journal.close()
    expect(okOf(await readJournal(file)).entries).toMatchObject(['one', 'two'].map(note))
  })
})
