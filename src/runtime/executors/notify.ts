import type { Command } from '../../engine/pending.js'
import type { Deps } from '../deps.js'

/** People are told by the record and by every host; nothing else sends it on. */
export const notify = (deps: Deps, command: Command & { do: 'notify' }): Promise<void> => {
  const { frame, step, visit, text } = command
  const to = step.kind === 'notify' && step.to !== undefined ? { to: step.to } : {}
  return deps.ledger.append({
    type: 'notice.sent',
    frame,
    data: { step: step.id, visit, kind: 'notice', text, ...to },
  })
}
