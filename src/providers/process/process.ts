import { execa } from 'execa'
import type { Clock } from '../../domain/clock.js'
import { formatDuration } from '../../domain/duration.js'
import { fail, ok, type Result } from '../../domain/result.js'
import { type Captured, capture } from '../capture.js'
import type { Outside, ProcessRequest, Ran, Wire } from '../contract.js'
import { excerpt } from '../excerpt.js'
import { childEnv, nameOf } from './child.js'

type OutsideWire = Pick<Wire, 'clock' | 'admit' | 'record'> & { readonly outside: Outside }

/** Starts a program, without a shell, and waits for its end. Imported only when one is first started. */
export const runProcess = async (request: ProcessRequest, wire: OutsideWire): Promise<Result<Ran>> => {
  const sent = { endpoint: 'process', operation: nameOf(request.argv), mutating: true } as const
  const admitted = wire.admit?.(sent)
  if (admitted?.ok === false) return admitted
  const { clock, outside } = wire
  const child = start(request, outside)
  if (child.pid !== undefined) wire.record(sent)
  const streams = { stdout: listen(child.stdout), stderr: listen(child.stderr) }
  const timer = new AbortController()
  const ended = clock.io(child)
  child.once('exit', () => void letGo(child, clock, timer.signal))
  const late = clock.sleep(request.timeout, timer.signal).then((): typeof LATE => LATE)
  const first = await Promise.race([ended, late])
  timer.abort(DONE)
  const end = first === LATE ? await stop(child, clock, ended) : first
  const texts = {
    stdout: streams.stdout.text(outside.redact),
    stderr: streams.stderr.text(outside.redact),
  }
  if (first === LATE) return timedOut(request, texts.stderr)
  if (end?.exitCode !== undefined) return ok({ exit: end.exitCode, ...texts })
  return child.pid === undefined ? notStarted(request, end?.code) : killed(request, end?.signal, texts.stderr)
}

const LATE = 'late'
/** A reason that is given need not be made: without one, each timer that is called off makes an error with its stack. */
const DONE = 'done'

/**
 * In a process group of its own: Ctrl-C at the terminal pauses firebreak, and does not cut off half-way what it
 * started. Output is read to its end whatever its length: a program that cannot write stops.
 */
const start = ({ argv, stdin, env }: ProcessRequest, { env: parent }: Outside) => {
  const [file = '', ...args] = argv
  return execa(file, args, {
    env: { ...childEnv(parent), ...env },
    extendEnv: false,
    detached: true,
    reject: false,
    buffer: false,
    ...(stdin === undefined ? { stdin: 'ignore' } : { input: stdin }),
  })
}

type Child = ReturnType<typeof start>

const listen = (stream: NodeJS.ReadableStream): Captured => {
  const captured = capture()
  stream.on('data', captured.add)
  stream.on('error', () => {}) // what came before it is kept, and the exit code says the rest
  return captured
}

/** Something that it left running may hold its output open for ever: the program has ended all the same. */
const letGo = async ({ stdout, stderr }: Child, clock: Clock, signal: AbortSignal): Promise<void> => {
  if ((await clock.sleep(GRACE_MS, signal)) === 'aborted') return
  stdout.destroy()
  stderr.destroy()
}

const GRACE_MS = 2_000

/** The whole group, so that nothing that the program started goes on unseen. Undefined: it would not even be killed. */
const stop = async (child: Child, clock: Clock, ended: Promise<Awaited<Child>>) => {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    signalGroup(child, signal)
    const timer = new AbortController()
    const end = await Promise.race([ended, clock.sleep(GRACE_MS, timer.signal).then(() => undefined)])
    timer.abort(DONE)
    if (end) return end
  }
  child.stdout.destroy()
  child.stderr.destroy()
  return undefined
}

const signalGroup = ({ pid }: Child, signal: NodeJS.Signals): void => {
  try {
    if (pid !== undefined) process.kill(-pid, signal)
  } catch {
    // It is gone already.
  }
}

const timedOut = ({ argv, timeout }: ProcessRequest, stderr: string): Result<never> =>
  fail(
    'target.timeout',
    `${nameOf(argv)} did not end within ${formatDuration(timeout)} and was stopped${lastWords(stderr)}.`,
    'Look at what it works on before running it again: how far it came is not known.',
  )

const killed = ({ argv }: ProcessRequest, signal: string | undefined, stderr: string): Result<never> =>
  fail(
    'target.timeout',
    `${nameOf(argv)} was ended by ${signal ?? 'a signal'}${lastWords(stderr)}.`,
    'Look at what it works on before running it again: how far it came is not known.',
  )

const notStarted = ({ argv }: ProcessRequest, code: string | undefined): Result<never> =>
  fail(
    'command.failed',
    `${nameOf(argv)} cannot be started (${code ?? 'unknown error'}).`,
    code === 'ENOENT'
      ? 'Install it on this machine, or add its folder to PATH. Nothing was done.'
      : 'Check that this user may run it. Nothing was done.',
  )

const lastWords = (stderr: string): string => (stderr.trim() === '' ? '' : `; it said: ${excerpt(stderr)}`)
