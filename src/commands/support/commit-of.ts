import { statSync } from 'node:fs'
import path from 'node:path'
import { execa } from 'execa'
import type { CommitOf } from '../../fleet/allowlist/standing.js'

/** Git itself answers within milliseconds; a hook or a network file system that hangs must not hold an incident up. */
const PATIENCE_MS = 2_000

/** Asks git. A file with changes that are not committed is as old as those, which git does not know. */
export const commitOf: CommitOf = async file => {
  const git = (...args: readonly string[]) =>
    execa('git', ['--no-optional-locks', ...args, '--', path.basename(file)], {
      cwd: path.dirname(file),
      reject: false,
      timeout: PATIENCE_MS,
      stdin: 'ignore',
    })
  const [log, changes] = await Promise.all([git('log', '-1', '--format=%h %ct'), git('status', '--porcelain')])
  const [, id, seconds] = /^([0-9a-f]+) (\d+)$/.exec(log.stdout ?? '') ?? []
  if (changes.exitCode !== 0 || changes.stdout !== '' || id === undefined) return undefined
  return { id, at: Number(seconds) * 1_000 }
}

/** Asks once for each file as it stands: a check that looks every few seconds must not start git every time. */
export const rememberingCommits = (ask: CommitOf = commitOf): CommitOf => {
  const known = new Map<string, ReturnType<CommitOf>>()
  return file => {
    const key = `${file} ${statSync(file, { throwIfNoEntry: false })?.mtimeMs}`
    const before = known.get(key) ?? ask(file)
    known.set(key, before)
    return before
  }
}
