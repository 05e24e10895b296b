import { isJsonObject } from '../domain/json.js'
import { fail, ok, type Result } from '../domain/result.js'
import { inspect } from './chain.js'
import { type Entry, GENESIS, type Verified } from './contract.js'

/**
 * Checks raw bytes: every line's hash, the chain, the numbering. A torn last line (no newline) is cut
 * off and reported; damage anywhere else names the line and refuses.
 */
export const verifyJournal = (bytes: Buffer, name: string): Result<Verified> => {
  const { raw, rest } = split(bytes)
  if (raw.length === 0)
    return fail(
      'journal.damaged',
      `${name} holds ${rest.length === 0 ? 'nothing' : 'one torn line only'}: the incident never started`,
      'start it again with `firebreak run` or `firebreak drill`; nothing was done under it',
    )
  const entries: Entry[] = []
  let prev = GENESIS
  for (const [index, line] of raw.entries()) {
    const checked = check(line, index + 1, prev)
    if (typeof checked === 'string') return damaged(name, index + 1, checked)
    entries.push(checked)
    prev = checked.hash
  }
  // A crash leaves a part of a line; a whole one with something else in place of its newline was damaged.
  if (inspect(rest.subarray(0, -1))?.genuine)
    return damaged(name, raw.length + 1, 'it does not end with a newline')
  const lines = raw.map(line => line.toString('utf8'))
  return ok({ entries, lines, head: prev, bytes: bytes.length - rest.length, torn: rest.length })
}

const NEWLINE = 0x0a

const split = (bytes: Buffer): { readonly raw: readonly Buffer[]; readonly rest: Buffer } => {
  const raw: Buffer[] = []
  let start = 0
  for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
    raw.push(bytes.subarray(start, end))
    start = end + 1
  }
  return { raw, rest: bytes.subarray(start) }
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
  return parsed as unknown as Entry // the hash proves that these bytes were written by `forge`
}

const damaged = (name: string, line: number, why: string) =>
  fail(
    'journal.damaged',
    `${name}, line ${line}: ${why}`,
    'restore the journal from a copy; firebreak neither repairs it nor goes on from it',
  )
