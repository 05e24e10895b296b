// A file that names one process, and how another one comes after it. Each record has one heir: a file that is named
// after the record's own bytes can be made only once (`link`). Whoever made it, and nobody else, may put another
// record in its place or take it away. No record is ever written twice, so that a name is never given out again.

import { createHash, randomUUID } from 'node:crypto'
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'

/** What a record means to whoever would come after it: the record to write, or who has it. */
export type Verdict<Held> = { readonly next: string } | { readonly held: Held }

/**
 * Undefined: there is none. `inPlace` is false for an heir that has not come into its own: while it lives it may do
 * so at any moment, and nothing may be put over it, whatever it says.
 */
export type Judge<Held> = (record: string | undefined, inPlace: boolean) => Promise<Verdict<Held>>

/** Puts one's own record in the place of the one that stands there. Of several that try at once, one gets it. */
export const succeed = async <Held>(file: string, judge: Judge<Held>): Promise<Verdict<Held>> => {
  for (;;) {
    const before = await textOf(file)
    const found = await inherit(file, before, judge)
    if (found === undefined) continue // somebody else got a step further
    if ('held' in found) return found
    const { heirs, next } = found
    const ours = heirs.at(-1)
    if (ours === undefined) return { next }
    if ((await textOf(file)) === before) {
      await rename(ours, file)
      for (const dead of heirs.slice(0, -1)) await rm(dead, { force: true })
      return { next }
    }
    await rm(ours, { force: true }) // the record was read too long ago: another one stands in its place
  }
}

/** Takes a record away, if it still stands there. `leaving` is what its author writes meanwhile, as one who lives. */
export const vacate = async (file: string, record: string, leaving: string): Promise<boolean> => {
  const heir = heirOf(file, record)
  if (!(await placed(file, heir, leaving))) return false
  const still = (await textOf(file)) === record
  if (still) await rm(file)
  await rm(heir, { force: true })
  return still
}

type Inherited<Held> =
  | { readonly held: Held }
  | { readonly next: string; readonly heirs: readonly string[] }
  | undefined

/** The line of those who died while taking over; the last heir is ours, and none where the file itself was free. */
const inherit = async <Held>(
  file: string,
  before: string | undefined,
  judge: Judge<Held>,
): Promise<Inherited<Held>> => {
  const heirs: string[] = []
  for (let last = before; ; ) {
    const verdict = await judge(last, heirs.length === 0)
    if ('held' in verdict) return verdict
    const place = last === undefined ? file : heirOf(file, last)
    const won = await placed(file, place, verdict.next)
    if (last === undefined) return won ? { next: verdict.next, heirs } : undefined
    heirs.push(place)
    if (won) return { next: verdict.next, heirs }
    last = await textOf(place)
    if (last === undefined) return undefined
  }
}

const heirOf = (file: string, record: string): string =>
  `${file}.after-${createHash('sha256').update(record).digest('hex').slice(0, 16)}`

/** All of a file at once, or nothing, unlike a file that is opened and then written. False where there is one. */
const placed = async (file: string, place: string, text: string): Promise<boolean> => {
  const draft = `${file}.${randomUUID()}`
  try {
    await writeFile(draft, text, { mode: 0o600 })
    await link(draft, place)
    return true
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false
    throw error
  } finally {
    await rm(draft, { force: true }).catch(() => {}) // its folder may not be there either
  }
}

/** Undefined where there is no such file. */
export const textOf = (file: string): Promise<string | undefined> =>
  readFile(file, 'utf8').catch((error: unknown) => {
    if (isCode(error, 'ENOENT')) return undefined
    throw error
  })

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code
