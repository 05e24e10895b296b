import { execa } from 'execa'
import type { Clock } from '../../domain/clock.js'
import { fail, ok, type Result } from '../../domain/result.js'
import type { SshSettings } from '../../fleet/fleet.js'
import { capture } from '../capture.js'
import { loginOf } from '../endpoint.js'
import { childEnv } from '../process/child.js'
import type { Outside, SshHost } from '../wire.js'
import { notConnected } from './failure.js'
import { masterArgs, READY } from './options.js'

/** One connection to a host, over which all requests to it go. */
export type Master = {
  /** The socket by which ssh finds it. */
  readonly control: string
  readonly gone: Promise<unknown>
}

export type SshWorld = {
  readonly clock: Clock
  readonly outside: Outside
  readonly settings: SshSettings
  readonly authorities: string | undefined
  /** How to end each one that runs, logged in or not. */
  readonly running: Set<() => void>
}

/** In all, jump hosts included. */
const PATIENCE_MS = 15_000

/** Connects and logs in. Fails with `target.refused` whatever the reason: nothing was sent then. */
export const openMaster = async (to: SshHost, control: string, world: SshWorld): Promise<Result<Master>> => {
  const { clock, outside } = world
  const child = start(masterArgs(to, control, world), outside)
  const said = capture()
  child.stderr.on('data', said.add).on('error', () => {})
  const gone = livesIn(world.running, child)
  const timer = new AbortController()
  const late = clock.sleep(PATIENCE_MS, timer.signal).then((): typeof LATE => LATE)
  const first = await Promise.race([clock.io(Promise.race([ready(child), gone])), late])
  timer.abort(DONE)
  if (first === READY) return ok(masterOf(child, control, gone))
  stop(child, 'SIGKILL')
  await clock.io(gone)
  if (first === LATE) return stalled(to)
  await lastWords(child, clock)
  return notConnected(to, said.text(outside.redact))
}

const GONE = 'gone'
const LATE = 'late'
const DONE = 'done'

/**
 * ssh under a watch that needs nothing of us but that we live: its standard input is a pipe that nobody writes to,
 * and which the system closes when this process ends, however it ends. In a process group of its own, so that Ctrl-C
 * at the terminal pauses firebreak and does not cut its connections.
 */
const WATCHED = 'exec 3<&0; (read -r _ <&3; kill "$$") >/dev/null 2>&1 & exec ssh "$@" </dev/null 3<&-'

const start = (args: readonly string[], { env }: Outside) => {
  const child = execa('/bin/sh', ['-c', WATCHED, 'ssh', ...args], {
    env: childEnv(env),
    extendEnv: false,
    detached: true,
    reject: false,
    buffer: false,
    stdin: 'pipe',
  })
  child.stdin.on('error', () => {})
  return child
}

type Child = ReturnType<typeof start>

/** Settles when it is gone. The watch goes with it: it would have nothing left to end. */
const livesIn = (running: SshWorld['running'], child: Child): Promise<typeof GONE> => {
  const end = () => stop(child)
  running.add(end)
  return new Promise(resolve => {
    const over = () => {
      running.delete(end)
      end()
      resolve(GONE)
    }
    child.once('exit', over)
    void child.then(over) // also where it could not be started
  })
}

const ready = ({ stdout }: Child): Promise<typeof READY> =>
  new Promise(resolve => {
    let text = ''
    stdout.on('data', chunk => {
      text = `${text}${chunk}`.slice(-READY.length - 2)
      if (text.includes(READY)) resolve(READY)
    })
    stdout.on('error', () => {})
  })

/** What is idle must not keep this process from its end; what waits for an answer does that by itself. */
const masterOf = (child: Child, control: string, gone: Promise<unknown>): Master => {
  for (const one of [child, child.stdin, child.stdout, child.stderr]) {
    if ('unref' in one && typeof one.unref === 'function') one.unref()
  }
  return { control, gone }
}

/** Read to the end, which may not come: a jump host's connection that stays keeps the same pipe open. */
const lastWords = async ({ stderr }: Child, clock: Clock): Promise<void> => {
  const timer = new AbortController()
  const end = new Promise(resolve => (stderr.readableEnded ? resolve(null) : stderr.once('end', resolve)))
  await Promise.race([end, clock.sleep(GRACE_MS, timer.signal)])
  timer.abort(DONE)
}

const GRACE_MS = 500

/** The whole group: ssh, its watch, and what it goes through. */
const stop = ({ pid }: Child, signal: NodeJS.Signals = 'SIGTERM'): void => {
  try {
    if (pid !== undefined) process.kill(-pid, signal)
  } catch {
    // It is gone already.
  }
}

const stalled = (to: SshHost): Result<never> =>
  fail(
    'target.refused',
    `ssh to ${loginOf(to).replace('ssh://', '')}: it took the connection and did not let us in within ${PATIENCE_MS / 1000}s.`,
    'That host, or a jump host, is overloaded or is not an sshd. Nothing was sent.',
  )
