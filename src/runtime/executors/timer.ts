import { epochMs } from '../../domain/instant.js'
import type { Command } from '../../engine/pending.js'
import type { Deps } from '../deps.js'

export const timer = async (
  deps: Deps,
  command: Command & { do: 'timer' },
  withdrawn: AbortSignal,
): Promise<void> => {
  const { clock, ledger, stop } = deps
  const { frame, step, visit, due, again } = command
  const left = epochMs(due) - clock.now()
  const over = AbortSignal.any([stop.signal, withdrawn])
  if (left > 0 && (await clock.sleep(left, over)) === 'aborted') return
  await ledger.append({
    type: 'timer.fired',
    frame,
    data: { step: step.id, visit, due, ...(again === undefined ? {} : { again }) },
  })
}
