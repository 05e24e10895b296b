// commands: one file each; they parse, wire and print. Decisions live below them.
// support/ holds what several commands share. Nothing imports src/commands but main.ts.

import type { ExitCode } from '../../domain/exit-codes.js'
import { EXIT } from '../../domain/exit-codes.js'
import type { Failure } from '../../domain/result.js'
import type { Streams } from '../../hosts/contract.js'

/** The process as a command sees it. */
export type Io = Streams & {
  readonly env: { readonly [name: string]: string | undefined }
  readonly cwd: string
}

/** Options that every command takes. */
export type Global = { readonly state?: string }

export const print = (io: Io, text: string): void => {
  io.out.write(`${text}\n`)
}

export const say = (io: Io, text: string): void => {
  io.err.write(`${text}\n`)
}

/** What happened, and what to do next; on stderr, with the exit code that goes with its kind. */
export const giveUp = (io: Io, failure: Failure): ExitCode => {
  say(io, `firebreak: ${failure.message}`)
  say(io, `  next: ${failure.next}`)
  return exitOf(failure)
}

/** A file that is wrong is a finding (1); a name or an option that is wrong is wrong usage (2). */
const FINDINGS: ReadonlySet<Failure['code']> = new Set([
  'file.unreadable',
  'file.invalid',
  'runbook.invalid',
  'fleet.invalid',
  'answers.invalid',
] as const)

const exitOf = ({ kind, code }: Failure): ExitCode => {
  if (kind === 'bug') return EXIT.bug
  if (kind === 'refused') return EXIT.refused
  return kind === 'environment' || FINDINGS.has(code) ? EXIT.unresolved : EXIT.usage
}
