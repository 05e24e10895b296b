import { EXIT, type ExitCode } from '../domain/exit-codes.js'
import { addNote } from './support/add-note.js'
import { type Global, type Io, say } from './support/io.js'

export type DidOptions = Global & { readonly target: readonly string[] }

/** Records a change that was made by hand, and on what: an undo names it as one that it does not take back. */
export const did = async (
  io: Io,
  said: string,
  words: readonly string[],
  { target, ...options }: DidOptions,
): Promise<ExitCode> => {
  const text = words.join(' ').trim()
  const targets = [...new Set(target.map(one => one.trim()).filter(one => one !== ''))]
  if (text !== '' && targets.length > 0)
    return addNote(io, said, { text, kind: 'did', targets }, { ...options, verb: 'did' })
  say(io, `firebreak: a change made by hand needs ${text === '' ? 'words' : 'its target'}`)
  say(
    io,
    `  next: firebreak did ${said} "what you changed" --target ID; several targets: --target once for each`,
  )
  return EXIT.usage
}
