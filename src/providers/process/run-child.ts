import { execa } from 'execa'
import type { Clock } from '../../domain/clock.js'
import { type Captured, capture } from '../capture.js'
import type { ProcessRequest, Ran } from '../contract.js'
import type { Outside } from '../wire.js'
import { childEnv } from './child.js'

/** How a program ended. Its texts are redacted, then cut. */
export type ChildEnd =
  | ({ readonly how: 'exited' } & Ran)
  /** Nobody waited any longer; or something else ended it. */
  | { readonly how: 'late'; readonly stderr: string }
  | { readonly how: 'killed'; readonly signal: string | undefined; readonly stderr: string }
  | { readonly how: 'not-started'; readonly code: string | undefined }

/** `keep`: bytes of each of its texts, where that is not the usual. */
type ChildRequest = ProcessRequest & { readonly keep?: number }

type Around = { readonly clock: Clock; readonly outside: Outside }

/** Starts a program, without a shell, and waits for its end, or stops it. `onStart` is told once it runs. */
export const runChild = async (
  request: ChildRequest,
  { clock, outside }: Around,
  onStart: () => void,
): Promise<ChildEnd> => {
  const child = start(request, outside)
  if (child.pid !== undefined) onStart()
  const streams = { stdout: listen(child.stdout, request.keep), stderr: listen(child.stderr, request.keep) }
  const timer = new AbortController()
  const ended = clock.io(child)
  child.once('exit', () => void letGo(child, clock, timer.signal))
  const late = clock.sleep(request.timeout, timer.signal).then((): typeof LATE => LATE)
  const first = await Promise.race([ended, late])
  timer.abort(DONE)
  const end = first === LATE ? await stop(child, clock, ended) : first
  const stderr = streams.stderr.text(outside.redact)
  if (first === LATE) return { how: 'late', stderr }
  if (end?.exitCode !== undefined)
    return { how: 'exited', exit: end.exitCode, stdout: streams.stdout.text(outside.redact), stderr }
  return child.pid === undefined
    ? { how: 'not-started', code: end?.code }
    : { how: 'killed', signal: end?.signal, stderr }
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

const listen = (stream: NodeJS.ReadableStream, keep?: number): Captured => {
  const captured = capture(keep)
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
