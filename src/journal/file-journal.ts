import { type FileHandle, open, readFile } from 'node:fs/promises'
import type { Clock } from '../domain/clock.js'
import { fail, ok, type Result } from '../domain/result.js'
import { forge } from './chain.js'
import { GENESIS, type Journal, type Verified } from './contract.js'
import { verifyJournal } from './verify.js'

export type FileJournalOptions = {
  readonly path: string
  readonly incident: string
  readonly clock: Clock
  /** Wall time, written beside a virtual `at`. */
  readonly wall?: () => string
}

/** Starts a journal; the file must not exist yet. */
export const createJournal = async (options: FileJournalOptions): Promise<Result<Journal>> => {
  const file = await attempt(options, () => open(options.path, 'ax', 0o600))
  return file.ok ? ok(writer(file.value, options, GENESIS, 1)) : file
}

/** Opens a journal to go on with it: verified whole, a torn last line cut off. */
export const reopenJournal = async (
  options: FileJournalOptions,
): Promise<Result<{ readonly journal: Journal; readonly verified: Verified }>> => {
  const read = await readJournal(options.path)
  if (!read.ok) return read
  const verified = read.value
  const file = await attempt(options, async () => {
    const handle = await open(options.path, 'r+')
    if (verified.torn > 0) await handle.truncate(verified.bytes)
    await handle.close()
    return open(options.path, 'a', 0o600)
  })
  if (!file.ok) return file
  return ok({ journal: writer(file.value, options, verified.head, verified.entries.length + 1), verified })
}

/** Reads and verifies; changes nothing. */
export const readJournal = async (path: string): Promise<Result<Verified>> => {
  try {
    return verifyJournal(await readFile(path), path)
  } catch (error) {
    return unwritable(path, error, 'journal.damaged')
  }
}

const writer = (file: FileHandle, options: FileJournalOptions, head: string, next: number): Journal => {
  let prev = head
  let seq = next
  const append: Journal['append'] = async (event, sync) => {
    const wall = options.wall?.()
    const link = forge(event, { seq, incident: options.incident, prev, ...(wall ? { wall } : {}) })
    const written = await attempt(options, async () => {
      await file.appendFile(`${link.line}\n`)
      if (sync) await file.datasync()
    })
    if (!written.ok) return written
    prev = link.hash
    seq += 1
    return ok(link.line)
  }
  return { append, head: () => prev, close: () => options.clock.io(file.close()) }
}

const attempt = async <T>(options: FileJournalOptions, work: () => Promise<T>): Promise<Result<T>> => {
  try {
    return ok(await options.clock.io(work()))
  } catch (error) {
    return unwritable(options.path, error, 'journal.unwritable')
  }
}

const unwritable = (path: string, error: unknown, code: 'journal.unwritable' | 'journal.damaged') =>
  fail(
    code,
    `${path}: ${error instanceof Error ? error.message : String(error)}`,
    'nothing more is done without a journal: mend the disk, or move the folder and resume with --state',
  )
