import { readFileSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import path from 'node:path'
import type { Clock } from '../domain/clock.js'
import { type Failure, fail, ok, type Result } from '../domain/result.js'
import { artifactWriter, shelve } from './artifacts.js'
import { forge } from './chain.js'
import { type Entry, GENESIS, type Journal, type Verified } from './contract.js'
import { chunksOf, linesOf } from './lines.js'
import { type IsLate, inTime, PATIENCE_MS, realTimer, type Timer } from './patience.js'
import { type Checked, scanJournal } from './verify.js'

export type FileJournalOptions = {
  readonly path: string
  readonly incident: string
  readonly clock: Clock
  /** Wall time, written beside a virtual `at`. */
  readonly wall?: () => string
  /** Real time and the file, but for tests. */
  readonly timer?: Timer
  readonly open?: typeof open
}

/** Starts a journal; the file must not exist yet. */
export const createJournal = async (options: FileJournalOptions): Promise<Result<Journal>> => {
  const file = await attempt(options, () => opener(options)(options.path, 'ax', 0o600))
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
    if (verified.torn > 0) await cut(options, verified.bytes)
    return opener(options)(options.path, 'a', 0o600)
  })
  if (!file.ok) return file
  return ok({ journal: writer(file.value, options, verified.head, verified.entries.length + 1), verified })
}

/** Reads and verifies; changes nothing. */
export const readJournal = async (file: string): Promise<Result<Verified>> => {
  const read = foldJournal(file, entries => [...entries])
  if (!read.ok) return read
  const { folded: entries, checked } = read.value
  return ok({ ...checked, entries, lines: linesOf(file, checked.bytes) })
}

/** Reads, verifies and folds in one go: of a long journal nothing is held but what the fold keeps. */
export const foldJournal = <T>(
  file: string,
  fold: (entries: Iterable<Entry>) => T,
): Result<{ readonly folded: T; readonly checked: Checked }> => {
  const scan = scanJournal(chunksOf(file), file, artifactsBeside(file))
  try {
    const folded = fold(scan.entries)
    const checked = scan.end()
    return checked.ok ? ok({ folded, checked: checked.value }) : checked
  } catch (error) {
    if (!isOfTheSystem(error)) throw error
    return fail(
      'journal.damaged',
      `${file}: ${error.message}`,
      'mend the disk, or restore the journal from a copy; nothing is done without it',
    )
  }
}

const isOfTheSystem = (error: unknown): error is Error =>
  error instanceof Error && 'syscall' in error && 'code' in error

const opener = (options: FileJournalOptions): typeof open => options.open ?? open

const cut = async (options: FileJournalOptions, bytes: number): Promise<void> => {
  const handle = await opener(options)(options.path, 'r+')
  await handle.truncate(bytes)
  await handle.close()
}

const folderBeside = (journal: string): string => path.join(path.dirname(journal), 'artifacts')

const artifactsBeside =
  (journal: string) =>
  (name: string): Buffer | undefined => {
    try {
      return readFileSync(path.join(folderBeside(journal), name))
    } catch {
      return undefined // whatever the reason, it cannot be had
    }
  }

type Unwritten = ReturnType<typeof forge> & { readonly artifact: ReturnType<typeof shelve>['artifact'] }

const writer = (file: FileHandle, options: FileJournalOptions, head: string, next: number): Journal => {
  const putArtifact = artifactWriter(folderBeside(options.path))
  let prev = head
  let seq = next
  /** Hash of the last line that was written. */
  let written = head
  let waiting: Unwritten[] = []
  let turn: Promise<Result<null>> = Promise.resolve(ok(null))
  /** A write that failed may have left half a line: only a new start, which cuts it off, can go on. */
  let broken: Failure | undefined

  /** All lines that wait go out as one write. */
  const flush = async (sync: boolean): Promise<Result<null>> => {
    if (broken) return { ok: false, failure: broken }
    const lines = waiting
    waiting = []
    const steps = [
      ...lines.flatMap(({ artifact }) => (artifact ? [() => putArtifact(artifact)] : [])),
      ...(lines.length > 0 ? [() => file.appendFile(lines.map(({ line }) => `${line}\n`).join(''))] : []),
      ...(sync ? [() => file.datasync()] : []),
    ]
    if (steps.length === 0) return ok(null)
    const done = await attempt(options, isLate => inOrder(steps, isLate))
    if (!done.ok) {
      broken = done.failure
      return done
    }
    written = lines.at(-1)?.hash ?? written
    return ok(null)
  }

  const append: Journal['append'] = async (event, sync) => {
    if (broken) return { ok: false, failure: broken }
    const wall = options.wall?.()
    const shelved = shelve(event)
    const link = forge(shelved.event, { seq, incident: options.incident, prev, ...(wall ? { wall } : {}) })
    prev = link.hash
    seq += 1
    waiting.push({ ...link, artifact: shelved.artifact })
    // Whatever rides along is on its way; should it not arrive, the next append says so.
    if (!sync) {
      if (waiting.length === 1) setImmediate(() => inTurn(false))
      return ok(link.line)
    }
    const result = await inTurn(true)
    return result.ok ? ok(link.line) : result
  }

  const inTurn = (sync: boolean): Promise<Result<null>> => {
    turn = turn.then(() => flush(sync))
    return turn
  }

  const close = async (): Promise<void> => {
    await inTurn(false)
    const closed = file.close()
    // A disk that hangs would hold the close up too; what it is good for is over.
    if (broken) closed.catch(() => {})
    else await options.clock.io(closed)
  }

  return { append, head: () => written, close }
}

/** One after the other, and none that begins when nobody waits any more: somebody else may go on with the journal then. */
const inOrder = async (steps: readonly (() => Promise<void>)[], isLate: IsLate): Promise<void> => {
  for (const step of steps) if (!isLate()) await step()
}

const attempt = async <T>(
  options: FileJournalOptions,
  work: (isLate: IsLate) => Promise<T>,
): Promise<Result<T>> => {
  try {
    const done = await options.clock.io(inTime(options.timer ?? realTimer, work))
    return done === 'late' ? unwritable(options, `cannot be written within ${PATIENCE_MS / 1_000} s`) : ok(done)
  } catch (error) {
    return unwritable(options, wordsOf(error))
  }
}

const unwritable = ({ path: file, incident }: FileJournalOptions, why: string) =>
  fail(
    'journal.unwritable',
    `${file}: ${why}`,
    `nothing more is done without a journal: mend the disk, or copy the state folder and \`firebreak resume ${incident} --state DIR\``,
  )

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
