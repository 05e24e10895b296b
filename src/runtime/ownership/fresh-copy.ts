import { randomUUID } from 'node:crypto'
import { constants, copyFile, open, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { fail, ok, type Result } from '../../domain/result.js'

/**
 * Puts a copy in the place of a file, on disk before this resolves. Whoever still holds the old one open writes to
 * what nobody reads: a process that was stopped between its look at the fence and its write cannot damage the record.
 * A file that is not there is left so.
 */
export const freshCopy = async (file: string): Promise<Result<null>> => {
  const copy = `${file}.${randomUUID()}`
  try {
    await copyFile(file, copy, constants.COPYFILE_EXCL)
    await sync(copy, 'r+')
    await rename(copy, file)
    await sync(path.dirname(file), 'r')
    return ok(null)
  } catch (error) {
    await rm(copy, { force: true }).catch(() => {}) // the first failure is the one to tell
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ok(null)
    return fail(
      'journal.unwritable',
      `${file} cannot be copied: ${error instanceof Error ? error.message : String(error)}`,
      'nothing is done without a journal: mend the disk, or move the folder and resume with --state',
    )
  }
}

const sync = async (file: string, flags: 'r' | 'r+'): Promise<void> => {
  const handle = await open(file, flags)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
