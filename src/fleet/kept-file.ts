import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'

/** Whole or not at all: a reader sees the old file or the new one. Throws where it cannot be written. */
export const replaceFile = (file: string, text: string): void => {
  const temporary = `${file}.${process.pid}.tmp`
  rmSync(temporary, { force: true })
  writeFileSync(temporary, text, { mode: 0o600, flag: 'wx' })
  renameSync(temporary, file)
}

/** What was kept there; undefined where it is not there, not ours to read, or no JSON: there is nothing to go on with. */
export const readKept = (file: string): unknown => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}
