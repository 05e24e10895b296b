import { EXIT, type ExitCode } from '../../domain/exit-codes.js'
import type { Result } from '../../domain/result.js'
import { UNDO } from '../../engine/undo.js'
import { conduct } from './conduct.js'
import type { GoOnOptions } from './go-on.js'
import { type Io, say } from './io.js'
import { rehearseSession, resumeSession } from './session.js'
import type { Session, SessionOptions } from './session-contract.js'

/** A rehearsal sends nothing that changes anything, and declines what it is shown. */
export const openWith = (options: SessionOptions, { undo }: GoOnOptions): Promise<Result<Session>> => {
  if (!undo?.rehearse) return resumeSession(options)
  const mode = { ...options.mode, effects: 'withheld' as const }
  const answers = { ...options.answers, gates: { ...options.answers.gates, [UNDO]: 'decline' as const } }
  return rehearseSession({ ...options, mode, answers })
}

const UNDO_EXIT = {
  undone: EXIT.done,
  nothing: EXIT.done,
  declined: EXIT.refused,
  failed: EXIT.unresolved,
} as const

/** Takes back, and says what still stands. */
export const conductUndo = async (io: Io, session: Session, { undo }: GoOnOptions): Promise<ExitCode> => {
  const before = session.ledger.state().lastUndo
  const exit = await conduct(io, session, async () => {})
  const { lastUndo } = session.ledger.state()
  if (!lastUndo || lastUndo === before) return exit
  if (undo?.rehearse) {
    say(io, 'Dry-run: nothing was taken back, and nothing was written into the record.')
    return EXIT.done
  }
  say(
    io,
    lastUndo.outcome === 'undone' ? 'Everything of it is taken back.' : `The undo is ${lastUndo.outcome}.`,
  )
  for (const why of lastUndo.left) say(io, `  still stands: ${why}`)
  return UNDO_EXIT[lastUndo.outcome]
}

export const nothingToUndo = (io: Io, id: string, step: string | undefined): ExitCode => {
  say(io, `${id}: nothing that ${step ?? 'it'} changed still stands; there is nothing to take back.`)
  return EXIT.done
}
