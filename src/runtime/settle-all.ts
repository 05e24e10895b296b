import { isSameVisit, type Visit } from '../domain/event.js'
import { entryOf, valuesOf } from '../domain/table.js'
import { runbookOf } from '../engine/frames.js'
import type { Deps } from './deps.js'
import { behaviourOf, type Place } from './op-run.js'
import { createOpRunner } from './op-runner.js'
import { actionOf } from './undo-requests.js'

/** Finds out what became of every op of a visit that is in doubt: looked up, else asked about. False: nobody answered. */
export const settleAll = async (deps: Deps, { frame, step, visit }: Place): Promise<boolean> => {
  const found = runbookOf(deps.ledger.state()).steps.find(({ id }) => id === step)
  return found?.kind !== 'action' || settleOps(deps, frame, [{ step, visit }])
}

/** The same for several visits, on behalf of a frame. */
export const settleOps = async (deps: Deps, frame: string, of: readonly Visit[]): Promise<boolean> => {
  const { ledger } = deps
  const isOpen = (key: string) => entryOf(ledger.state().ops, key)?.status === 'started'
  for (const op of valuesOf(ledger.state().ops)) {
    if (op.undoes || !of.some(visit => isSameVisit(op, visit))) continue
    if (!isOpen(op.op)) continue
    const { ops } = await behaviourOf(deps, actionOf(ledger.state(), op))
    const runner = createOpRunner(deps, { frame, step: op.step, visit: op.visit }, ops)
    await Promise.race([runner.settle(op), runner.halted])
    if (isOpen(op.op)) return false
  }
  return true
}
