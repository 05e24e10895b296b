import { EXIT, type ExitCode } from '../../../domain/exit-codes.js'
import { type Io, say } from '../io.js'

export const missing = (io: Io, what: string): { readonly exit: ExitCode } => {
  say(io, 'firebreak: what to write is not known, and there is no terminal to ask at')
  say(io, `  next: give ${what}`)
  return { exit: EXIT.usage }
}
