import { readdirSync } from 'node:fs'
import path from 'node:path'
import { fail, ok, type Result } from '../../domain/result.js'
import type { StandingFilter } from './filter.js'
import { type FilterRegister, fileFilterRegister, unreadableIn } from './register.js'

/** What stands at one place by the register of one fleet, which is named after its folder. */
export type Held = {
  readonly fleet: string
  readonly register: FilterRegister
  readonly standing: StandingFilter
}

/** Of all fleets: every record by time of its end, and the files that are none. No fleet file is needed for it. */
export type AllHeld = { readonly held: readonly Held[]; readonly unreadable: readonly string[] }

/** From the folder that has one for each fleet. */
export const readRegisters = (root: string): Result<AllHeld> => {
  const fleets = foldersIn(root)
  if (!fleets.ok) return fleets
  const all = fleets.value.map(fleet => readOne(path.join(root, fleet), fleet))
  return ok({
    held: all
      .flatMap(({ held }) => held)
      .sort(({ standing: a }, { standing: b }) => a.until - b.until || (a.filter < b.filter ? -1 : 1)),
    unreadable: all.flatMap(({ unreadable }) => unreadable),
  })
}

const readOne = (folder: string, fleet: string): AllHeld => {
  const register = fileFilterRegister(folder)
  return {
    held: register.all().map(standing => ({ fleet, register, standing })),
    unreadable: unreadableIn(folder),
  }
}

const foldersIn = (root: string): Result<readonly string[]> => {
  try {
    const entries = readdirSync(root, { withFileTypes: true })
    return ok(entries.filter(entry => entry.isDirectory()).map(({ name }) => name))
  } catch (error) {
    const nothingYet = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    if (nothingYet) return ok([])
    return fail(
      'file.unreadable',
      `${root} cannot be read, so that nobody knows here what stands: ${error instanceof Error ? error.message : error}`,
      'name another state folder with --state; what stands in a network ACL is found with --from-acl',
    )
  }
}
