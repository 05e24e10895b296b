import type { OpBehaviour, OpRequest } from '../../actions/contract.js'
import { runbookOf } from '../../engine/frames.js'
import { undoKey } from '../../engine/ops.js'
import type { Command } from '../../engine/pending.js'
import type { IncidentState, OpState } from '../../engine/state.js'
import { changedOps } from '../../engine/undo.js'
import type { Deps } from '../deps.js'
import { behaviourOf, type Place } from '../op-run.js'
import { createOpRunner, type OpRunner } from '../op-runner.js'

/** Takes back what this visit really changed, newest first, from the journal alone; says what it could not. */
export const undo = async (deps: Deps, command: Command & { do: 'undo' }): Promise<void> => {
  const { frame, step, visit } = command
  const place: Place = { frame, step: step.id, visit }
  const { ops } = await behaviourOf(deps, actionOf(deps, step.id))
  const list = standing(deps.ledger.state(), place, ops)
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

type Ops = { readonly [kind: string]: OpBehaviour }

/** What was changed, without that for which every op that takes it back has finished: a crash may have left some to do. */
const standing = (state: IncidentState, place: Place, ops: Ops): readonly OpState[] =>
  changedOps(state, place).filter(op => {
    const requests = requestsFor(ops, op)
    const keys = Array.isArray(requests) ? requests.map(({ key }) => key) : []
    return keys.length === 0 || !keys.every(key => state.ops[key]?.status === 'finished')
  })

/** Stops at the first that fails: what was done before it was done under it. What cannot be undone is passed over. */
const takeBack = async (
  deps: Deps,
  runner: OpRunner,
  ops: Ops,
  list: readonly OpState[],
): Promise<string[]> => {
  const left: string[] = []
  for (const [index, before] of list.entries()) {
    if (before.status === 'started') await runner.settle(before)
    const op = deps.ledger.state().ops[before.op]
    const requests = op?.status === 'finished' ? requestsFor(ops, op) : []
    if (typeof requests === 'string') left.push(requests)
    else {
      const failed = await takeBackOne(runner, before.op, requests)
      if (failed !== undefined) return [...left, failed, ...notTried(ops, list.slice(index + 1))]
    }
  }
  return left
}

const takeBackOne = async (
  runner: OpRunner,
  undoes: string,
  requests: readonly Keyed[],
): Promise<string | undefined> => {
  for (const { request, key } of requests) {
    const done = await runner.undo(request, undoes, key)
    if (!done.ok) return `${request.kind} on ${request.target}: ${done.failure.message}`
  }
  return undefined
}

const notTried = (ops: Ops, list: readonly OpState[]): string[] =>
  list
    .filter(op => requestsFor(ops, op).length > 0)
    .map(({ kind, target }) => `${kind} on ${target}: not tried, because of that`)

type Keyed = { readonly request: OpRequest; readonly key: string }

/** The ops that take one back, or why none can. */
const requestsFor = (ops: Ops, op: OpState): readonly Keyed[] | string => {
  const take = ops[op.kind]?.undo
  if (take === 'nothing') return []
  const irreversible = take === undefined || take === 'irreversible' || op.status !== 'finished'
  const requests = irreversible ? 'cannot be undone' : take(op.args, op.result ?? null)
  return typeof requests === 'string'
    ? `${op.kind} on ${op.target}: ${requests}`
    : requests.map(request => ({
        request,
        key: `${undoKey(op.op)}/${request.key}@${request.target}`,
      }))
}

const actionOf = (deps: Deps, id: string): string => {
  const step = runbookOf(deps.ledger.state()).steps.find(candidate => candidate.id === id)
  if (step?.kind !== 'action') throw new Error(`step ${id} is no action`)
  return step.action
}
