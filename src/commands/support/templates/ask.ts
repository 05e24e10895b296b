import { EXIT, type ExitCode } from '../../../domain/exit-codes.js'
import { read } from '../../../hosts/lines/read.js'
import { isAttended } from '../host.js'
import { type Io, say } from '../io.js'

/** As said, else asked for until it fits; undefined where nobody is there, or nobody answers. */
export const answerFor = async (
  io: Io,
  said: string | undefined,
  question: string,
  problem: (text: string) => string | undefined,
): Promise<string | undefined> => {
  if (said !== undefined || !isAttended(io, false)) return said
  return read(io, new AbortController().signal, question, text => {
    const wrong = problem(text.trim())
    return wrong === undefined ? { value: text.trim() } : wrong
  })
}

export const missing = (io: Io, what: string): { readonly exit: ExitCode } => {
  say(io, 'firebreak: what to write is not known, and there is no terminal to ask at')
  say(io, `  next: give ${what}`)
  return { exit: EXIT.usage }
}
