import { readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { readJournal, reopenJournal } from '../../src/journal/file-journal.js'
import { failureOf, okOf } from '../engine/results.js'
import { bytesOf, folder, note, optionsFor, verified } from './written.js'

describe('a torn last line', () => {
  it('is cut off and counted in bytes, wherever it was torn, in the middle of a sign too', async () => {
    const bytes = await bytesOf('one', 'two: ü 🔥')
    const first = bytes.indexOf('\n') + 1
    for (let length = first + 1; length < bytes.length; length += 1) {
      const { entries, torn, bytes: kept } = verified(bytes.subarray(0, length))
      expect(entries).toHaveLength(1)
      expect({ torn, kept }).toEqual({ torn: length - first, kept: first })
    }
  })

  it('is cut off the file when the journal is gone on with, and the chain verifies after', async () => {
    const file = path.join(folder(), 'journal.jsonl')
    const bytes = await bytesOf('one', 'two', 'three')
    const torn = bytes.subarray(0, bytes.length - 10)
    writeFileSync(file, torn)
    const { journal, verified: read } = okOf(await reopenJournal(optionsFor(file)))
    expect(read.entries).toHaveLength(2)
    expect(read.torn).toBeGreaterThan(0)
    okOf(await journal.append(note('another third'), true))
    await journal.close()
    const after = verified(readFileSync(file))
    expect(after.torn).toBe(0)
    expect(after.entries).toMatchObject(['one', 'two', 'another third'].map(note))
  })

  it('is left alone by whoever only reads', async () => {
    const file = path.join(folder(), 'journal.jsonl')
    const bytes = await bytesOf('one', 'two')
    writeFileSync(file, bytes.subarray(0, -3))
    okOf(await readJournal(file))
    expect(statSync(file).size).toBe(bytes.length - 3)
  })

  it('that is the only line means that the incident never started', async () => {
    const bytes = await bytesOf('one')
    for (const length of [0, 1, bytes.length - 1]) {
      const file = path.join(folder(), 'journal.jsonl')
      writeFileSync(file, bytes.subarray(0, length))
      const failed = failureOf(await reopenJournal(optionsFor(file)))
      expect(failed.code).toBe('journal.damaged')
      expect(failed.message).toContain('never started')
      expect(statSync(file).size).toBe(length)
    }
  })
})
