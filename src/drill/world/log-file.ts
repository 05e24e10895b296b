import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'
import { fail, ok, type Result } from '../../domain/result.js'

export type LogFile = {
  /** The complete lines that stood in the file when it was opened. */
  readonly lines: readonly string[]
  /** In the file when this returns: the process may die right after. */
  readonly append: (entry: object) => Result<null>
  readonly close: () => void
}

/** A file of JSON lines, made where there is none. A torn last line is cut off: it was never acted on. */
export const openLog = (path: string): Result<LogFile> => {
  try {
    const file = openSync(path, 'a+', 0o600)
    const text = readFileSync(file, 'utf8')
    const whole = text.slice(0, text.lastIndexOf('\n') + 1)
    if (whole.length < text.length) ftruncateSync(file, Buffer.byteLength(whole))
    return ok({
      lines: whole.split('\n').slice(0, -1),
      append: entry => written(() => writeSync(file, `${JSON.stringify(entry)}\n`), path),
      close: () => closeSync(file),
    })
  } catch (error) {
    return unwritable(path, error)
  }
}

const written = (write: () => number, path: string): Result<null> => {
  try {
    write()
    return ok(null)
  } catch (error) {
    return unwritable(path, error)
  }
}

const unwritable = (path: string, error: unknown): Result<never> =>
  fail(
    'state.unwritable',
    `Cannot write ${path}: ${error instanceof Error ? error.message : String(error)}.`,
    'Check the folder, its rights and the space on its disk; or name another one with --state.',
  )
