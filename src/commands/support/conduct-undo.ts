import { EXIT, type ExitCode } from '../../domain/exit-codes.js'
import type { IncidentState } from '../../engine/state.js'
import { leftByHand } from '../../engine/undo.js'
import { conduct } from './conduct.js'
import type { GoOnOptions } from './go-on.js'
import { type Io, say } from './io.js'
import type { Session } from './session-contract.js'

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
  say(io, undoneWords(lastUndo))
  for (const why of lastUndo.left) say(io, `  still stands: ${why}`)
  return UNDO_EXIT[lastUndo.outcome]
}

type LastUndo = NonNullable<IncidentState['lastUndo']>

/** What was left was made by hand, where all else is back. */
const undoneWords = ({ outcome, left }: LastUndo): string => {
  if (outcome !== 'undone') return `The undo is ${outcome}.`
  return left.length === 0 ? 'Everything of it is taken back.' : 'Everything that firebreak did is taken back.'
}

export const nothingToUndo = (io: Io, id: string, state: IncidentState, step?: string): ExitCode => {
  say(io, `${id}: nothing that ${step ?? 'it'} changed still stands; there is nothing to take back.`)
  if (step === undefined) for (const why of leftByHand(state, [])) say(io, `  still stands: ${why}`)
  return EXIT.done
}
