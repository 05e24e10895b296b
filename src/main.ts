// The composition root: the process's streams, environment and exit code meet the commands here.
// The only file that may import everything, and the only one that catches.

import { runCli } from './commands/cli.js'
import { discreet } from './commands/support/discreet.js'
import type { Io } from './commands/support/io.js'
import { EXIT } from './domain/exit-codes.js'
import { secretsOf } from './runtime/secrets.js'

export const start = (): void => {
  // zod reads it where schemas are made, which is before any code of ours that imports zod could say so. Compiling
  // parsers pays only for schemas that are used very often; here most are used a few times a process.
  Object.assign(globalThis, { __zod_globalConfig: { jitless: true } })
  const io = ioOf(process)
  // Until a command has said otherwise: a promise that never settles must not look like a success.
  process.exitCode = EXIT.bug
  runCli(io, process.argv.slice(2)).then(
    code => {
      process.exitCode = code
      if (code === EXIT.paused) leave()
    },
    (error: unknown) => {
      io.err.write(`firebreak: this is a bug: ${error instanceof Error ? error.message : String(error)}\n`)
      io.err.write(
        '  next: whatever was being done has its record; `firebreak status` shows it. Please report this:\n',
      )
      io.err.write(`${error instanceof Error ? error.stack : ''}\n`)
      process.exitCode = EXIT.bug
    },
  )
}

const LEAVE_MS = 500

/** A request that nobody waits for any more must not keep a process that has paused: what is to be read is read first. */
const leave = (): void => {
  const end = () => {
    if (process.stdout.writableLength + process.stderr.writableLength > 0) leave()
    else process.exit(EXIT.paused)
  }
  setTimeout(end, LEAVE_MS).unref()
}

/** Each stream is opened when it is first used: opening one takes a noticeable part of a short command's time. */
const ioOf = ({ env, cwd }: NodeJS.Process): Io => {
  const safe = once(forgiving)
  const quiet = once((stream: NodeJS.WritableStream) => {
    forgiving(stream)
    discreet(stream, text => secretsOf(env).redact.text(text))
  })
  return {
    get input() {
      return safe(process.stdin)
    },
    get out() {
      return quiet(process.stdout)
    },
    get err() {
      return quiet(process.stderr)
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

const once = <Base extends NodeJS.EventEmitter>(first: (stream: Base) => void) => {
  const seen = new Set<Base>()
  return <S extends Base>(stream: S): S => {
    if (!seen.has(stream)) first(stream)
    seen.add(stream)
    return stream
  }
}
