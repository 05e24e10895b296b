import { runbookOf } from '../engine/frames.js'
import type { Deps } from './deps.js'
import { behaviourOf, type Place } from './op-run.js'
import { createOpRunner } from './op-runner.js'

/** Finds out what became of every op of a visit that is in doubt: looked up, else asked about. False: nobody answered. */
export const settleAll = async (deps: Deps, place: Place): Promise<boolean> => {
  const { ledger } = deps
  const step = runbookOf(ledger.state()).steps.find(({ id }) => id === place.step)
  if (step?.kind !== 'action') return true
  const { ops } = await behaviourOf(deps, step.action)
  const runner = createOpRunner(deps, place, ops)
  const isOpen = (key: string) => ledger.state().ops[key]?.status === 'started'
  for (const op of Object.values(ledger.state().ops)) {
    if (op.step !== place.step || op.visit !== place.visit || !isOpen(op.op)) continue
    await Promise.race([runner.settle(op), runner.halted])
    if (isOpen(op.op)) return false
  }
  return true
}
