import path from 'node:path'
import { type Failure, ok, type Result } from '../../domain/result.js'
import type { Fleet } from '../fleet.js'
import type { Allowlist, AllowlistFile } from './allowlist.js'
import { readAllowlist } from './read.js'
import type { AllowlistStore } from './store.js'

/** What there is to go by when somebody is to be blocked. */
export type StandingAllowlist = {
  readonly allowlist: Allowlist
  /** Files that nobody has changed for longer than `max_age`. */
  readonly stale: readonly AgedFile[]
  /** Present where the files cannot be relied on now, and this is what they said when they last could. */
  readonly instead?: { readonly failure: Failure; readonly keptAt: number }
}

/** `age` in milliseconds, counted from the commit that changed it last where there is one. */
export type AgedFile = { readonly file: string; readonly age: number; readonly commit?: string }

/** The commit that changed a file last, and when (milliseconds since 1970); undefined where nobody can say. */
export type CommitOf = (file: string) => Promise<{ readonly id: string; readonly at: number } | undefined>

type Parts = {
  readonly fleet: Fleet
  readonly store: AllowlistStore
  readonly now: () => number
  readonly commitOf: CommitOf
}

/** The allowlist as it stands; where it cannot be relied on the last good copy, marked so; and where there is none, why. */
export const standingAllowlist = async (parts: Parts): Promise<Result<StandingAllowlist>> => {
  const { fleet, store, now } = parts
  const read = readAllowlist(fleet)
  if (read.ok) {
    store.save({ allowlist: read.value, at: now() })
    return ok({ allowlist: read.value, stale: await staleIn(read.value, parts) })
  }
  const kept = fleet.allowlist && store.load()
  if (!kept) return read
  return ok({
    allowlist: kept.allowlist,
    stale: [],
    instead: { failure: read.failure, keptAt: kept.at },
  })
}

const staleIn = async ({ files }: Allowlist, { fleet, now, commitOf }: Parts): Promise<AgedFile[]> => {
  const most = fleet.allowlist?.maxAge ?? Number.POSITIVE_INFINITY
  const aged = await Promise.all(files.map(file => ageOf(file, fleet.file, now(), commitOf)))
  return aged.filter(({ age }) => age > most)
}

/** A checkout gives a file the time of the checkout: what git knows of it is the better witness. */
const ageOf = async (
  { file, changedAt }: AllowlistFile,
  fleetFile: string,
  now: number,
  commitOf: CommitOf,
): Promise<AgedFile> => {
  const commit = await commitOf(path.resolve(path.dirname(fleetFile), file))
  return commit ? { file, age: now - commit.at, commit: commit.id } : { file, age: now - changedAt }
}
