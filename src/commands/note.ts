import { EXIT, type ExitCode } from '../domain/exit-codes.js'
import { addNote } from './support/add-note.js'
import { type Global, type Io, say } from './support/io.js'

/** A word into the record of an incident that nobody works on. Whoever works on one has the verb for it. */
export const note = async (
  io: Io,
  said: string,
  words: readonly string[],
  options: Global,
): Promise<ExitCode> => {
  const text = words.join(' ').trim()
  if (text !== '') return addNote(io, said, { text }, { ...options, verb: 'note' })
  say(io, 'firebreak: a note needs words')
  say(io, `  next: firebreak note ${said} "what you saw, did or were told"`)
  return EXIT.usage
}
