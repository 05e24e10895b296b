import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fail, ok, type Result } from '../../domain/result.js'

/** Where sockets of this process lie, and nobody else's eyes reach. */
export type PrivateFolder = {
  /** A path of its own in it, each time it is asked. Short enough for a unix socket. */
  readonly fresh: (kind: 'c' | 't' | 'log') => string
  /** Known hosts by the authorities that sign them; undefined where there are none. */
  readonly authorities: string | undefined
  readonly remove: () => void
}

/** A unix socket's path has at most 103 bytes on some systems, of which ssh adds 17 while it makes one. */
const LONGEST_BASE = 60

/** Mode 0700. It goes with this process, unless that is killed. */
export const privateFolder = (hostCas: readonly string[]): Result<PrivateFolder> => {
  try {
    const base = tmpdir()
    const folder = mkdtempSync(path.join(base.length > LONGEST_BASE ? '/tmp' : base, 'firebreak-'))
    const remove = () => rmSync(folder, { recursive: true, force: true })
    process.once('exit', remove)
    let count = 0
    return ok({
      fresh: kind => {
        count += 1
        return path.join(folder, `${kind}${count}`)
      },
      authorities: writeAuthorities(folder, hostCas),
      remove: () => {
        process.off('exit', remove)
        remove()
      },
    })
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    return fail(
      'state.unwritable',
      `A folder for ssh's sockets cannot be made in ${tmpdir()} (${reason}).`,
      'Free some space there, or name another folder with TMPDIR. Nothing was sent.',
    )
  }
}

const writeAuthorities = (folder: string, hostCas: readonly string[]): string | undefined => {
  if (hostCas.length === 0) return undefined
  const file = path.join(folder, 'authorities')
  writeFileSync(file, hostCas.map(key => `@cert-authority * ${key}\n`).join(''), { mode: 0o600 })
  return file
}
