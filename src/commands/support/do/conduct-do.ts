import { EXIT, type ExitCode } from '../../../domain/exit-codes.js'
import { conduct } from '../conduct.js'
import { type Io, say } from '../io.js'
import type { Session } from '../session-contract.js'
import { becameExit, becameWords, bindingLines } from './what-became.js'

/** Does what was asked for beside the runbook, and says what became of it. */
export const conductDo = async (io: Io, session: Session, rehearse: boolean): Promise<ExitCode> => {
  const before = session.ledger.state().lastDone
  const exit = await conduct(io, session, async () => {})
  const { lastDone } = session.ledger.state()
  if (!lastDone || lastDone === before) return exit
  if (!rehearse) {
    say(io, becameWords(lastDone))
    return becameExit(lastDone)
  }
  const shown = lastDone.outcome === 'declined'
  if (!shown) say(io, becameWords(lastDone))
  say(io, 'Dry-run: nothing was changed, and nothing was written into the record.')
  if (shown) for (const line of bindingLines(lastDone.step, 'the digest above')) say(io, line)
  return shown ? EXIT.done : becameExit(lastDone)
}
