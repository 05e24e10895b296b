// The composition root: the process's streams, environment and exit code meet the commands here.
// The only file that may import everything, and the only one that catches.

import { runCli } from './commands/cli.js'
import type { Io } from './commands/support/io.js'
import { EXIT } from './domain/exit-codes.js'

export const start = (): void => {
  const io: Io = {
    input: process.stdin,
    out: process.stdout,
    err: process.stderr,
    env: process.env,
    cwd: process.cwd(),
  }
  // A reader that goes away (`| head`) is no reason for a stack trace; the journal has it all.
  process.stdout.on('error', () => {})
  process.stderr.on('error', () => {})
  runCli(io, process.argv.slice(2)).then(
    code => {
      process.exitCode = code
    },
    (error: unknown) => {
      process.stderr.write(
        `firebreak: this is a bug: ${error instanceof Error ? error.message : String(error)}\n`,
      )
      process.stderr.write(
        '  next: whatever was being done has its record; `firebreak status` shows it. Please report this:\n',
      )
      process.stderr.write(`${error instanceof Error ? error.stack : ''}\n`)
      process.exitCode = EXIT.bug
    },
  )
}
