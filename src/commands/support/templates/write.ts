import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type Io, print, say } from '../io.js'

type Written = readonly [file: string, text: string]

type Writing = {
  /** None of them is there yet; one that came meanwhile is left as it is. */
  readonly files: readonly Written[]
  /** Written last, over what it was before. */
  readonly changed?: Written
}

/** Writes files and names each; false, and said with what to do next, where one could not be written. */
export const writeAll = async (io: Io, { files, changed }: Writing, next: string): Promise<boolean> => {
  try {
    for (const [file, text] of files) {
      await mkdir(path.dirname(file), { recursive: true })
      await writeFile(file, text, { flag: 'wx' })
      print(io, path.relative(io.cwd, file))
    }
    if (changed === undefined) return true
    await writeFile(...changed)
    print(io, path.relative(io.cwd, changed[0]))
    return true
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    say(io, `firebreak: not everything could be written: ${why}`)
    say(io, `  next: what was written is named above; ${next}`)
    return false
  }
}
