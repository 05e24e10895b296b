// The composition root: the process's streams, environment and exit code meet the commands here.
// The only file that may import everything, and the only one that catches.

import { runCli } from './commands/cli.js'
import type { Io } from './commands/support/io.js'
import { EXIT } from './domain/exit-codes.js'

export const start = (): void => {
  const io = ioOf(process)
  // Until a command has said otherwise: a promise that never settles must not look like a success.
  process.exitCode = EXIT.bug
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

/** Each stream is opened when it is first used: opening one takes a noticeable part of a short command's time. */
const ioOf = ({ env, cwd }: NodeJS.Process): Io => {
  const safe = once(forgiving)
  return {
    get input() {
      return safe(process.stdin)
    },
    get out() {
      return safe(process.stdout)
    },
    get err() {
      return safe(process.stderr)
    },
    env,
    cwd: cwd(),
  }
}

/**
 * A reader that goes away (`| head`) is no reason for a stack trace, the journal has it all; and a terminal that
 * is closed fails the read of whoever waits for a key: SIGHUP says the same, and pauses.
 */
const forgiving = (stream: NodeJS.EventEmitter): void => {
  stream.on('error', () => {})
}

const once = (first: (stream: NodeJS.EventEmitter) => void) => {
  const seen = new Set<NodeJS.EventEmitter>()
  return <S extends NodeJS.EventEmitter>(stream: S): S => {
    if (!seen.has(stream)) first(stream)
    seen.add(stream)
    return stream
  }
}
