import type { Result } from '../../domain/result.js'
import { UNDO } from '../../engine/undo.js'
import type { GoOnOptions } from './go-on.js'
import { rehearseSession, resumeSession } from './session.js'
import type { Session, SessionOptions } from './session-contract.js'

/** A rehearsal sends nothing that changes anything, and declines what it is shown. */
export const openWith = (options: SessionOptions, { undo, doing }: GoOnOptions): Promise<Result<Session>> => {
  if (!undo?.rehearse && !doing?.rehearse) return resumeSession(options)
  const gate = options.doing?.id ?? UNDO
  const mode = { ...options.mode, effects: 'withheld' as const }
  const answers = { ...options.answers, gates: { ...options.answers.gates, [gate]: 'decline' as const } }
  return rehearseSession({ ...options, mode, answers })
}
