import type { Applied } from '../../actions/contract.js'
import { type EventData, isSamePlace, type Place } from '../../domain/event.js'
import { valuesOf } from '../../domain/table.js'
import type { Command } from '../../engine/pending.js'
import type { Deps } from '../deps.js'
import { stillLocked } from '../locked-for.js'
import { behaviourOf } from '../op-run.js'
import { createOpRunner, type OpRunner } from '../op-runner.js'

/** Runs the action's `apply` over the agreed plan. After a crash it runs again from the top, over the journalled results. */
export const apply = async (deps: Deps, command: Command & { do: 'apply' }): Promise<void> => {
  const { frame, step, visit, plan, terms } = command
  if (!(await stillLocked(deps, plan))) return
  const place: Place = { frame, step: step.id, visit }
  const behaviour = await behaviourOf(deps, plan.action)
  const runner = createOpRunner(deps, place, behaviour.ops, terms)
  const result = await Promise.race([behaviour.apply(plan, runner), runner.halted])
  if (!result) return
  sameOps(deps, place, runner)
  await deps.ledger.append({
    type: 'apply.finished',
    frame,
    data: { step: step.id, visit, ...(result.ok ? ended(result.value) : failed(result.failure)) },
  })
}

type Finished = Omit<EventData['apply.finished'], 'step' | 'visit'>

/** What came so far and then failed has failed; what it did is in its output. */
const ended = ({ output, summary, failure, next }: Applied): Finished => ({
  outcome: failure ? 'failed' : 'applied',
  output,
  summary,
  ...(failure ? { failure } : {}),
  ...(next ? { next } : {}),
})

const failed = (failure: NonNullable<Finished['failure']>): Finished => ({
  outcome: 'failed',
  output: null,
  summary: failure.message,
  failure,
})

/** A journalled op that a replayed `apply` did not ask for means that `apply` decides from something besides its plan. */
const sameOps = (deps: Deps, place: Place, { path, asked }: OpRunner): void => {
  const forgotten = valuesOf(deps.ledger.state().ops).filter(
    op => isSamePlace(op, place) && !op.undoes && op.op.startsWith(path) && !asked.has(op.op),
  )
  if (forgotten.length > 0)
    throw new Error(
      `apply of ${place.step} no longer asks for ${forgotten.map(({ op }) => op).join(', ')}, which it did before`,
    )
}
