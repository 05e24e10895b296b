import type { OpBehaviour, OpRequest } from '../actions/contract.js'
import { isWithin, type Place, placeKey } from '../domain/event.js'
import { everyStep } from '../domain/runbook.js'
import { entryOf } from '../domain/table.js'
import { runbookOf } from '../engine/frames.js'
import { undoKey } from '../engine/ops.js'
import type { IncidentState, OpState } from '../engine/state.js'
import { changedOps } from '../engine/undo.js'
import type { Deps } from './deps.js'
import { behaviourOf } from './op-run.js'

/** An op that takes another one back, and its key in the journal. */
export type Keyed = { readonly request: OpRequest; readonly key: string; readonly undoes: OpState }

/** An op that stands, and what takes it back: newest first. A text says why nothing can. */
export type Standing = { readonly op: OpState; readonly by: readonly Keyed[] | string; readonly ops: Ops }
export type Ops = { readonly [kind: string]: OpBehaviour }

/** What those visits really changed and still stands, newest first, from the journal alone. */
export const standingOf = async (deps: Deps, of: readonly Place[]): Promise<readonly Standing[]> => {
  const state = deps.ledger.state()
  return (await changesOf(deps, of)).filter(({ op, by }) => !op.look && !isBack(state, by))
}

/** Keys of the ops of those visits whose every undo op has finished, and that are not marked as taken back. */
export const backOf = async (deps: Deps, of: readonly Place[]): Promise<readonly string[]> => {
  const state = deps.ledger.state()
  return (await changesOf(deps, of)).filter(({ by }) => isBack(state, by)).map(({ op }) => op.op)
}

const changesOf = async (deps: Deps, of: readonly Place[]): Promise<readonly Standing[]> => {
  const state = deps.ledger.state()
  const list = changedOps(state).filter(op => of.some(place => isWithin(op, place)))
  const found: Standing[] = []
  for (const op of list) {
    if (op.undone) continue
    const { ops } = await behaviourOf(deps, actionOf(state, op))
    found.push({ op, by: requestsFor(ops, op), ops })
  }
  return found
}

/** A crash may have left some of them to do. */
const isBack = (state: IncidentState, by: Standing['by']): boolean =>
  typeof by !== 'string' &&
  by.length > 0 &&
  by.every(({ key }) => entryOf(state.ops, key)?.status === 'finished')

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
        undoes: op,
      }))
}

export const actionOf = (state: IncidentState, place: Place): string => {
  const applied = entryOf(state.applied, placeKey(place))
  if (applied) return applied.action
  const found = everyStep(runbookOf(state).steps).find(({ id }) => id === place.step)
  if (found?.kind !== 'action') throw new Error(`step ${place.step} is no action`)
  return found.action
}
