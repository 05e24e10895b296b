import type { OpBehaviour } from '../../actions/contract.js'
import { runbookOf } from '../../engine/frames.js'
import { undoKey } from '../../engine/ops.js'
import type { Command } from '../../engine/pending.js'
import type { OpState } from '../../engine/state.js'
import { undoList } from '../../engine/undo.js'
import type { Deps } from '../deps.js'
import { behaviourOf, type Place } from '../op-run.js'
import { createOpRunner, type OpRunner } from '../op-runner.js'

/** Takes back what this visit really changed, newest first, from the journal alone; says what it could not. */
export const undo = async (deps: Deps, command: Command & { do: 'undo' }): Promise<void> => {
  const { frame, step, visit } = command
  const place: Place = { frame, step: step.id, visit }
  const { ops } = await behaviourOf(deps, actionOf(deps, step.id))
  const list = undoList(deps.ledger.state(), place)
  await deps.ledger.append({
    type: 'undo.started',
    frame,
    data: { step: step.id, visit, ops: list.map(({ op }) => op) },
  })
  const runner = createOpRunner(deps, place, ops)
  const left = await Promise.race([takeBack(deps, runner, ops, list), runner.halted])
  if (!left) return
  const outcome = left.length === 0 ? 'undone' : 'failed'
  await deps.ledger.append({ type: 'undo.finished', frame, data: { step: step.id, visit, outcome, left } })
}

const takeBack = async (
  deps: Deps,
  runner: OpRunner,
  ops: { readonly [kind: string]: OpBehaviour },
  list: readonly OpState[],
): Promise<string[]> => {
  const left: string[] = []
  for (const before of list) {
    if (before.status === 'started') await runner.settle(before)
    const op = deps.ledger.state().ops[before.op]
    if (op?.status === 'finished') left.push(...(await takeBackOne(runner, ops[op.kind], op)))
  }
  return left
}

const takeBackOne = async (
  runner: OpRunner,
  behaviour: OpBehaviour | undefined,
  op: OpState,
): Promise<string[]> => {
  const take = behaviour?.undo
  if (take === undefined || take === 'irreversible') return [`${op.kind} on ${op.target} cannot be undone`]
  if (take === 'nothing') return []
  for (const request of take(op.args, op.result ?? null)) {
    const done = await runner.undo(request, op.op, `${undoKey(op.op)}/${request.key}`)
    if (!done.ok) return [`${request.kind} on ${request.target}: ${done.failure.message}`]
  }
  return []
}

const actionOf = (deps: Deps, id: string): string => {
  const step = runbookOf(deps.ledger.state()).steps.find(candidate => candidate.id === id)
  if (step?.kind !== 'action') throw new Error(`step ${id} is no action`)
  return step.action
}
