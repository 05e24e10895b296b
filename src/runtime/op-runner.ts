import type { Apply, OpBehaviour, OpRequest } from '../actions/contract.js'
import type { Json } from '../domain/json.js'
import { ok, type Result } from '../domain/result.js'
import { opKey } from '../engine/ops.js'
import type { OpState } from '../engine/state.js'
import type { Deps } from './deps.js'
import { tokenOf } from './digest.js'
import { isDoubtful, resolveDoubt } from './doubt.js'
import { handsFor, type OpRun, type Place } from './op-run.js'

export type OpRunner = Apply & {
  /** As `op`, with the key of the op that it takes back. */
  readonly undo: (request: OpRequest, undoes: string, key: string) => Promise<Result<Json>>
  /** Finds out what became of an op in doubt, and sends nothing. */
  readonly settle: (op: OpState) => Promise<void>
  /** Resolves when a stop kept an op from being started: the apply is left where it stands. */
  readonly halted: Promise<void>
  /** Keys that were asked for. */
  readonly asked: ReadonlySet<string>
}

/**
 * Runs ops with write-ahead: `op.started` is on disk before the effect, the outcome after. An op that the
 * journal already knows is answered from there; one in doubt is looked up before anything is sent again.
 */
export const createOpRunner = (
  deps: Deps,
  place: Place,
  ops: { readonly [kind: string]: OpBehaviour },
): OpRunner => {
  let halt: () => void = () => {}
  const halted = new Promise<void>(resolve => {
    halt = resolve
  })
  const asked = new Set<string>()

  const runOf = (request: Omit<OpRequest, 'key'>, key: string, undoes?: string): OpRun => {
    const behaviour = ops[request.kind]
    if (!behaviour) throw new Error(`no op of kind ${request.kind}`)
    const { step, visit } = place
    const token = tokenOf(deps.incident, key)
    const ref = { step, visit, op: key, kind: request.kind, target: request.target }
    return {
      deps,
      place,
      behaviour,
      ref,
      args: request.args,
      token,
      ...(undoes === undefined ? {} : { undoes }),
    }
  }

  const run = async (request: OpRequest, key: string, undoes?: string): Promise<Result<Json>> => {
    asked.add(key)
    const opRun = runOf(request, key, undoes)
    const known = await recall(opRun, deps.ledger.state().ops[key])
    if (known) return known
    if (deps.stop.reason() === undefined) return start(opRun)
    halt()
    return new Promise(() => {})
  }

  const op = (request: OpRequest) => run(request, opKey(place, request.key, request.target))
  return {
    op,
    all: requests => Promise.all(requests.map(op)),
    undo: (request, undoes, key) => run(request, key, undoes),
    settle: async before => {
      await resolveDoubt(runOf(before, before.op))
    },
    halted,
    asked,
  }
}

/** What the journal says of the op; undefined where it is to be sent. */
const recall = async (run: OpRun, before: OpState | undefined): Promise<Result<Json> | undefined> => {
  if (before?.status === 'finished') return ok(before.result ?? null)
  if (before?.status === 'started') return resolveDoubt(run)
  const retried = run.undoes !== undefined
  if (before?.failure && !retried) return { ok: false, failure: before.failure }
  return undefined
}

const start = async (run: OpRun): Promise<Result<Json>> => {
  const { deps, place, behaviour, ref, args, token, undoes } = run
  const { frame } = place
  const { ledger } = deps
  const data = { ...ref, args, token, ...(undoes === undefined ? {} : { undoes }) }
  await ledger.append({ type: 'op.started', frame, data })
  const { hands, counts } = handsFor(deps)
  const result = await behaviour.effect(args, token, hands)
  const requests = counts()
  if (result.ok) {
    await ledger.append({ type: 'op.finished', frame, data: { ...ref, requests, result: result.value } })
    return result
  }
  if (isDoubtful(result.failure)) return (await resolveDoubt(run, requests)) ?? result
  await ledger.append({ type: 'op.failed', frame, data: { ...ref, requests, failure: result.failure } })
  return result
}
