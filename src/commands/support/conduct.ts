import { EXIT, type ExitCode } from '../../domain/exit-codes.js'
import { isOneAction } from '../../engine/alone.js'
import type { IncidentState } from '../../engine/state.js'
import type { Ending } from '../../runtime/loop.js'
import type { Stop } from '../../runtime/stop.js'
import { becameExit } from './do/what-became.js'
import { giveUp, type Io, say } from './io.js'
import type { Session } from './session-contract.js'

/** Runs a session to its end or its pause, with the process's signals, and says how it can go on. */
export const conduct = async (
  io: Io,
  session: Session,
  onEnd: (ending: Ending & { how: 'ended' }) => Promise<void>,
): Promise<ExitCode> => {
  const unhook = hookSignals(io, session)
  const unlisten = hookKeys(io, session)
  try {
    const ending = await session.run()
    return await conclude(io, session, ending, onEnd)
  } finally {
    unhook()
    unlisten()
  }
}

const conclude = async (
  io: Io,
  session: Session,
  ending: Ending,
  onEnd: (ending: Ending & { how: 'ended' }) => Promise<void>,
): Promise<ExitCode> => {
  if (ending.how === 'broken') {
    const exit = giveUp(io, ending.failure)
    if (ending.failure.code === 'journal.unwritable') leaveAnyway(io)
    return ending.failure.kind === 'refused' ? exit : EXIT.paused
  }
  if (ending.how === 'paused') {
    say(io, `\nPaused: ${ending.reason}. Nothing is done until it is resumed.`)
    say(io, `  firebreak resume ${session.id}`)
    say(io, `  journal head ${session.head()}`)
    return EXIT.paused
  }
  await onEnd(ending)
  return exitFor(ending.state)
}

const PATIENCE_MS = 2_000

/**
 * A disk that does not answer holds up whatever touches it, the orderly end of this process too: the terminal is
 * given back all the same. Nothing is lost by that: nothing more is written.
 */
export const leaveAnyway = (io: Io): void => {
  const end = () => {
    say(
      io,
      'firebreak: something still does not answer, as a disk that hangs; this process ends itself (SIGKILL)',
    )
    process.kill(process.pid, 'SIGKILL')
  }
  setTimeout(end, PATIENCE_MS).unref()
}

const exitFor = (state: IncidentState): ExitCode => {
  const { lastDone, outcome } = state
  if (lastDone && isOneAction(state)) return becameExit(lastDone)
  return outcome === 'resolved' || outcome === 'mitigated' ? EXIT.done : EXIT.unresolved
}

/** Notes that somebody is there. A listener alone would set a stream flowing that nobody reads yet, and lose its keys. */
const hookKeys = (io: Io, { pressed }: Session): (() => void) => {
  if (!pressed || !io.input.isTTY) return () => {}
  const { input } = io
  if (input.readableFlowing === null) input.pause()
  input.on('data', pressed)
  return () => input.off('data', pressed)
}

const SECOND_MS = 3_000

/** The first Ctrl-C, a SIGTERM or a dropped ssh pause after the op in flight; a second Ctrl-C within 3 s stops now. */
const hookSignals = (io: Io, session: Session): (() => void) => {
  let first: number | undefined
  const interrupt = () => {
    if (first !== undefined && performance.now() - first < SECOND_MS) stopNow(io, session)
    first = performance.now()
    pauseBy(io, session.stop, 'Ctrl-C')
  }
  const terminate = () => pauseBy(io, session.stop, 'SIGTERM')
  const hangUp = () => pauseBy(io, session.stop, 'the terminal was closed (SIGHUP)')
  process.on('SIGINT', interrupt).on('SIGTERM', terminate).on('SIGHUP', hangUp)
  return () => process.off('SIGINT', interrupt).off('SIGTERM', terminate).off('SIGHUP', hangUp)
}

const pauseBy = (io: Io, stop: Stop, reason: string): void => {
  say(io, `\n${reason}: pausing after what is in flight. Ctrl-C again stops now and leaves it in doubt.`)
  stop.request(reason)
}

/** What is in flight has its `op.started` on disk: the next resume finds it in doubt, and looks it up. */
const stopNow = (io: Io, session: Session): never => {
  say(io, `Stopped at once. What was in flight is in doubt.\n  firebreak resume ${session.id}`)
  process.exit(EXIT.paused)
}
