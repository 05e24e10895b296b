import { readFile, stat } from 'node:fs/promises'
import { type Diagnostic, diagnose } from './diagnostic.js'
import { type Source, sourceOf } from './source.js'

export const LARGEST_FILE_BYTES = 1024 * 1024

type Read = { readonly source: Source; readonly diagnostics: readonly Diagnostic[] }

/**
 * A text file, or why it is none: missing, a folder, larger than 1 MiB (not read at all), not UTF-8.
 * Never rejects. On a failure the source is empty.
 */
export const readSource = async (file: string): Promise<Read> => {
  try {
    const found = await stat(file) // before opening: a pipe without a writer would hold us there
    if (found.isDirectory())
      return refuse(file, 'file-folder', 'this is a folder, not a file', 'name a file in it')
    if (!found.isFile()) return refuse(file, 'file-unreadable', 'this is not a regular file')
    if (found.size > LARGEST_FILE_BYTES) return tooLarge(file, found.size)
    return decodeBytes(file, await readFile(file))
  } catch (error) {
    return unreadable(file, error)
  }
}

const decodeBytes = (file: string, bytes: Uint8Array): Read => {
  if (bytes.length > LARGEST_FILE_BYTES) return tooLarge(file, bytes.length) // it grew meanwhile
  if (bytes.includes(0)) return notText(file)
  try {
    // The byte order mark stays, so that the text has the same bytes, and the same hash, as the file.
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    return { source: sourceOf(file, text), diagnostics: [] }
  } catch {
    return notText(file)
  }
}

const notText = (file: string): Read =>
  refuse(file, 'file-not-text', 'this is not UTF-8 text', 'save it as UTF-8, without NUL characters')

const tooLarge = (file: string, bytes: number): Read =>
  refuse(
    file,
    'file-too-large',
    `this file has ${Math.ceil(bytes / 1024 / 1024)} MiB; the most is 1 MiB, and it was not read`,
  )

const unreadable = (file: string, error: unknown): Read => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return refuse(file, 'file-missing', 'there is no such file', 'check the path, from the folder you are in')
  if (code === 'EISDIR') return refuse(file, 'file-folder', 'this is a folder, not a file')
  if (code === 'EACCES') return refuse(file, 'file-unreadable', 'you may not read this file')
  return refuse(file, 'file-unreadable', `this file cannot be read (${code})`)
}

const refuse = (file: string, rule: string, message: string, suggestion?: string): Read => {
  const source = sourceOf(file, '')
  return { source, diagnostics: [diagnose(source, { start: 0, end: 0 }, { rule, message, suggestion })] }
}
