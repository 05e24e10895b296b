import { isJsonObject, type Json } from '../domain/json.js'
import { fail, ok, type Result } from '../domain/result.js'
import { type ReadArtifact, unshelve } from './artifacts.js'
import { inspect } from './chain.js'
import { type Entry, GENESIS, type Verified } from './contract.js'
import { createSplitter } from './lines.js'

/**
 * Checks raw bytes: every line's hash, the chain, the numbering, the artifacts. A torn last line (no newline) is
 * cut off and reported; damage anywhere else names the line and refuses.
 */
export const verifyJournal = (
  bytes: Buffer,
  name: string,
  readArtifact: ReadArtifact = () => undefined,
): Result<Verified> => {
  const scan = scanJournal([bytes], name, readArtifact)
  const entries = [...scan.entries]
  const checked = scan.end()
  if (!checked.ok) return checked
  const verified = bytes.subarray(0, checked.value.bytes)
  const lines = { [Symbol.iterator]: () => verified.toString('utf8').split('\n').slice(0, -1).values() }
  return ok({ ...checked.value, entries, lines })
}

export type Checked = Omit<Verified, 'entries' | 'lines'>

type Scan = {
  /** To be gone through once, and left wherever one likes. Nothing holds an entry but whoever keeps it. */
  readonly entries: Iterable<Entry>
  /** What all of it proved to be; what nobody went through is checked now. */
  readonly end: () => Result<Checked>
}

/** The same, chunk by chunk. */
export const scanJournal = (chunks: Iterable<Buffer>, name: string, readArtifact: ReadArtifact): Scan => {
  const splitter = createSplitter()
  const artifacts = new Map<string, Json>()
  let [prev, count, bytes] = [GENESIS, 0, 0]
  let problem: string | undefined

  function* walk(): Generator<Entry> {
    for (const chunk of chunks) {
      for (const line of splitter.push(chunk)) {
        const entry = check(line, count + 1, prev)
        problem = typeof entry === 'string' ? entry : unshelved(entry, readArtifact, artifacts)
        if (problem !== undefined || typeof entry === 'string') return
        prev = entry.hash
        count += 1
        bytes += line.length + 1
        yield entry
      }
    }
  }

  const walking = walk()
  const end = (): Result<Checked> => {
    while (!walking.next().done);
    if (problem !== undefined) return damaged(name, count + 1, problem)
    const rest = splitter.rest()
    if (count === 0) return neverStarted(name, rest)
    // A crash leaves a part of a line; a whole one with something else in place of its newline was damaged.
    if (inspect(rest.subarray(0, -1))?.genuine)
      return damaged(name, count + 1, 'it does not end with a newline')
    return ok({ head: prev, bytes, torn: rest.length })
  }

  // Without a `return`: a loop that is left early does not end the walk.
  return { entries: { [Symbol.iterator]: () => ({ next: () => walking.next() }) }, end }
}

const check = (line: Buffer, number: number, prev: string): Entry | string => {
  const seal = inspect(line)
  if (!seal) return 'it does not end with a hash'
  if (!seal.genuine) return 'its bytes do not match its hash'
  const parsed: unknown = JSON.parse(line.toString('utf8'))
  if (!isJsonObject(parsed)) return 'it is no JSON object'
  if (parsed.prev !== prev) return 'it does not follow the line before it'
  if (parsed.seq !== number) return `it is numbered ${String(parsed.seq)}`
  if (parsed.v !== 1) return `its version is ${String(parsed.v)}; this firebreak reads version 1`
  parsed.prev = prev // the same text as the hash before it: held once
  return parsed as unknown as Entry // the hash proves that these bytes were written by `forge`
}

const unshelved = (entry: Entry, read: ReadArtifact, known: Map<string, Json>): string | undefined =>
  // What was parsed from JSON is JSON, and nobody else has it yet.
  unshelve(entry.type, entry.data as unknown as { [key: string]: Json }, read, known)

const neverStarted = (name: string, rest: Buffer) =>
  fail(
    'journal.damaged',
    `${name} holds ${rest.length === 0 ? 'nothing' : 'one torn line only'}: the incident never started`,
    'start it again with `firebreak run` or `firebreak drill`; nothing was done under it',
  )

const damaged = (name: string, line: number, why: string) =>
  fail(
    'journal.damaged',
    `${name}, line ${line}: ${why}`,
    'restore the journal from a copy; firebreak neither repairs it nor goes on from it',
  )
