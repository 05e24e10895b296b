import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import type { Clock } from '../../src/domain/clock.js'
import type { Event } from '../../src/domain/event.js'
import type { Json } from '../../src/domain/json.js'
import type { Journal, Verified } from '../../src/journal/contract.js'
import { createJournal } from '../../src/journal/file-journal.js'
import { verifyJournal } from '../../src/journal/verify.js'
import { okOf } from '../engine/results.js'

/** A folder that is gone after the test. */
export const folder = (): string => {
  const dir = mkdtempSync(path.join(tmpdir(), 'fb-journal-'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
  return dir
}

/** Time stands still here: a journal waits on the disk, never on the clock. */
export const still: Clock = { now: () => 0, sleep: async () => 'fired', io: promise => promise }

export const note = (text: string): Event => ({
  type: 'note.added',
  at: '2026-11-23T03:12:09.000Z',
  actor: 'operator',
  data: { text },
})

/** What a check saw: of any size. */
export const observed = (output: Json): Event => ({
  type: 'check.observed',
  at: '2026-11-23T03:12:10.000Z',
  actor: 'engine',
  frame: 'main',
  data: {
    step: 'survey',
    visit: 1,
    purpose: 'step',
    check: 'a.check',
    verdict: 'pass',
    output,
    summary: 'seen',
  },
})

export const optionsFor = (file: string) => ({ path: file, incident: 'i-1', clock: still })

/** Starts a journal there that holds these notes. */
export const write = async (file: string, ...texts: string[]): Promise<Journal> => {
  const journal = okOf(await createJournal(optionsFor(file)))
  for (const text of texts) okOf(await journal.append(note(text), true))
  return journal
}

/** The bytes of a closed journal with these notes. */
export const bytesOf = async (...texts: string[]): Promise<Buffer> => {
  const file = path.join(folder(), 'journal.jsonl')
  await (await write(file, ...texts)).close()
  return readFileSync(file)
}

export const verified = (bytes: Buffer): Verified => okOf(verifyJournal(bytes, 'journal.jsonl'))

/** The number of the line that is named as damaged; undefined where none is. */
export const damagedLine = (bytes: Buffer): number | undefined => {
  const result = verifyJournal(bytes, 'journal.jsonl')
  if (result.ok) return undefined
  const line = /^journal\.jsonl, line (\d+): /.exec(result.failure.message)?.[1]
  return line === undefined ? undefined : Number(line)
}
