import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { fail, ok, type Result } from '../../domain/result.js'
import { readKept, replaceFile } from '../kept-file.js'
import { placeKeyOf, type StandingFilter, standingSchema } from './filter.js'

/**
 * What was put up and was not seen taken away, of all incidents of a fleet. It is written before anything is put up, so
 * that whatever stands is in it; what is in it may be gone by itself. Journals say how it came, and this what is left.
 */
export type FilterRegister = {
  /** By time of its end. */
  readonly all: () => readonly StandingFilter[]
  /** What cannot be written down must not be put up: nobody would take it away. */
  readonly write: (standing: StandingFilter) => Result<null>
  /** Where it cannot be struck out (a disk that is read-only), it is looked for once more later. */
  readonly strike: (standing: Pick<StandingFilter, 'filter' | 'incident' | 'place'>) => Result<null>
}

/** A file for each place of each filter, in that folder, which is one fleet's own. */
export const fileFilterRegister = (folder: string): FilterRegister => {
  const fileOf = ({ filter, incident, place }: Pick<StandingFilter, 'filter' | 'incident' | 'place'>): string =>
    path.join(folder, `${incident}.${filter}.${shortHash(placeKeyOf(place))}.json`)
  return {
    all: () =>
      namesIn(folder)
        .flatMap(name => readStanding(path.join(folder, name)))
        .sort(bySoonest),
    write: standing =>
      attempt(folder, () => {
        mkdirSync(folder, { recursive: true, mode: 0o700 })
        replaceFile(fileOf(standing), JSON.stringify({ v: 1, ...standing }))
      }),
    strike: standing => attempt(folder, () => rmSync(fileOf(standing), { force: true })),
  }
}

/** Files of that folder that are no record of a filter, or the folder itself: what they meant may stand, and nobody knows where. */
export const unreadableIn = (folder: string): readonly string[] => {
  try {
    readdirSync(folder)
  } catch {
    return existsSync(folder) ? [folder] : []
  }
  return (
    namesIn(folder)
      .map(name => path.join(folder, name))
      // Looked at last: another process may have struck it out meanwhile.
      .filter(file => readStanding(file).length === 0 && existsSync(file))
  )
}

const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12)

const bySoonest = (a: StandingFilter, b: StandingFilter): number => a.until - b.until

const namesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder).filter(name => name.endsWith('.json'))
  } catch {
    return [] // nothing was ever put up
  }
}

const readStanding = (file: string): readonly StandingFilter[] => {
  const read = standingSchema.safeParse(readKept(file)).data
  return read ? [read] : []
}

const attempt = (folder: string, change: () => void): Result<null> => {
  try {
    change()
    return ok(null)
  } catch (error) {
    return fail(
      'state.unwritable',
      `${folder} cannot be written: ${error instanceof Error ? error.message : error}`,
      'what stands there is not known without it: make room or give the right to write there, then visit again',
    )
  }
}
