import { isWithin, type Place } from '../domain/event.js'
import { entryOf, valuesOf } from '../domain/table.js'
import type { Deps } from './deps.js'
import { behaviourOf } from './op-run.js'
import { createOpRunner } from './op-runner.js'
import { actionOf } from './undo-requests.js'

/** Finds out what became of every op of a visit that is in doubt: looked up, else asked about. False: nobody answered. */
export const settleAll = (deps: Deps, place: Place): Promise<boolean> => settleOps(deps, place.frame, [place])

/** The same for several visits, on behalf of a frame. */
export const settleOps = async (deps: Deps, frame: string, of: readonly Place[]): Promise<boolean> => {
  const { ledger } = deps
  const isOpen = (key: string) => entryOf(ledger.state().ops, key)?.status === 'started'
  for (const op of valuesOf(ledger.state().ops)) {
    if (op.undoes || !of.some(visit => isWithin(op, visit))) continue
    if (!isOpen(op.op)) continue
    const { ops } = await behaviourOf(deps, actionOf(ledger.state(), op))
    const runner = createOpRunner(deps, { frame, step: op.step, visit: op.visit }, ops)
    await Promise.race([runner.settle(op), runner.halted])
    if (isOpen(op.op)) return false
  }
  return true
}
