import type { Apply, OpBehaviour, OpRequest } from '../actions/contract.js'
import type { Place, RequestTally } from '../domain/event.js'
import type { Json } from '../domain/json.js'
import { type Failure, ok, type Result } from '../domain/result.js'
import { entryOf } from '../domain/table.js'
import { opKey, opsPath } from '../engine/ops.js'
import { plansBefore } from '../engine/so-far.js'
import type { OpState, Terms } from '../engine/state.js'
import { admit, mayBegin } from './admit.js'
import { isTurnedAway, renewed, type TurnedAway } from './credentials.js'
import type { Deps } from './deps.js'
import { tokenOf } from './digest.js'
import { isDoubtful, record, resolveDoubt } from './doubt.js'
import { handsFor, type OpRun } from './op-run.js'
import { untilStopped } from './until-stopped.js'

export type OpRunner = Apply & {
  /** As `op`, with the key of the op that it takes back. */
  readonly undo: (request: OpRequest, undoes: string, key: string) => Promise<Result<Json>>
  /** Finds out what became of an op in doubt, and sends nothing. */
  readonly settle: (op: OpState) => Promise<void>
  /** Resolves when an op could not go on (a stop, or a doubt that nobody settled) and none is in flight: the apply is left where it stands. */
  readonly halted: Promise<void>
  /** Keys that were asked for. */
  readonly asked: ReadonlySet<string>
  /** What the keys of this plan's ops begin with. */
  readonly path: string
}

/**
 * Runs ops with write-ahead: `op.started` is on disk before the effect, the outcome after. An op that the
 * journal already knows is answered from there; one in doubt is looked up before anything is sent again.
 */
export const createOpRunner = (
  deps: Deps,
  place: Place,
  ops: { readonly [kind: string]: OpBehaviour },
  /** What the plan was agreed to under; an undo has none. */
  terms?: Terms,
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
      ...(request.tidies ? { tidies: request.tidies } : {}),
      deps,
      place,
      behaviour,
      ref,
      args: request.args,
      token,
      ...(undoes === undefined ? {} : { undoes }),
    }
  }

  let running = 0
  let leaving = false
  /** An op in flight is let finish: the apply is left only when none is. */
  const during = async <T>(work: Promise<T>): Promise<T> => {
    running += 1
    try {
      return await work
    } finally {
      running -= 1
      if (leaving && running === 0) halt()
    }
  }
  const leave = (): Promise<never> => {
    leaving = true
    if (running === 0) halt()
    return new Promise(() => {})
  }

  const run = async (request: OpRequest, key: string, undoes?: string): Promise<Result<Json>> => {
    asked.add(key)
    return (await during(attempt(runOf(request, key, undoes), terms))) ?? leave()
  }

  const frame = deps.ledger.state().frames[place.frame]
  const plan = frame ? plansBefore(frame) : 0
  const op = (request: OpRequest) => run(request, opKey(place, request.key, request.target, plan))
  return {
    op,
    all: requests => Promise.all(requests.map(op)),
    undo: (request, undoes, key) => run(request, key, undoes),
    settle: async before => {
      const opRun = runOf(before, before.op)
      const settled = await during(resolveDoubt(opRun))
      await (settled ? record(opRun, settled) : leave())
    },
    halted,
    asked,
    path: opsPath(place, plan),
  }
}

/** Undefined: left where it stands, because of a stop, or because nobody said what became of it. */
const attempt = async (run: OpRun, terms: Terms | undefined): Promise<Result<Json> | undefined> => {
  const { ledger, stop } = run.deps
  const before = entryOf(ledger.state().ops, run.ref.op)
  if (before && before.kind !== run.ref.kind)
    throw new Error(`${run.ref.op} is asked for as ${run.ref.kind}, and was ${before.kind}`)
  if (before?.status === 'finished') return ok(before.result ?? null)
  const retried = run.undoes !== undefined
  if (before?.failure && !retried) return { ok: false, failure: before.failure }
  if (before?.status === 'started') {
    const settled = await resolveDoubt(run)
    if (!settled) return undefined
    const done = await record(run, settled)
    if (done) return done
  }
  return stop.reason() === undefined ? start(run, terms) : undefined
}

const start = async (run: OpRun, terms: Terms | undefined): Promise<Result<Json> | undefined> => {
  const { deps, place, behaviour, ref, args, token } = run
  const { frame } = place
  const { ledger } = deps
  const refused = await deps.door(() => enter(run, terms))
  if (refused === 'left') return undefined
  if (refused) return { ok: false, failure: refused }
  const { hands, counts } = handsFor(deps)
  const renewals = deps.renewals.count()
  const result = await behaviour.effect(args, token, hands)
  const requests = counts()
  if (result.ok) {
    await ledger.append({ type: 'op.finished', frame, data: { ...ref, requests, result: result.value } })
    return result
  }
  if (isDoubtful(result.failure)) return afterDoubt(run, result.failure, requests)
  if (isTurnedAway(result.failure))
    return onceRenewed(run, terms, { failure: result.failure, requests, renewals })
  await ledger.append({ type: 'op.failed', frame, data: { ...ref, requests, failure: result.failure } })
  return result
}

/** Through the door: `op.started` is on disk, or the refusal is. */
const enter = async (run: OpRun, terms: Terms | undefined): Promise<Failure | 'left' | undefined> => {
  const { deps, place, behaviour, ref, args, token, undoes } = run
  const admission = await untilStopped(deps.stop, admit(run, terms))
  if (!admission || admission === 'left' || deps.stop.reason() !== undefined) return 'left'
  const { refusal, requests } = admission
  const { frame } = place
  const asked = Object.keys(requests).length > 0 ? { requests } : {}
  if (refusal) await refuse(run, refusal, asked)
  if (refusal) return refusal
  const takes = behaviour.takes?.(args)
  const spends = behaviour.spends?.(args)
  const data = {
    ...ref,
    ...asked,
    args,
    token,
    ...(behaviour.undo === 'nothing' ? ({ look: true } as const) : {}),
    ...(behaviour.undo === 'irreversible' ? ({ irreversible: true } as const) : {}),
    ...(undoes === undefined ? {} : { undoes }),
    ...(takes ? { takes } : {}),
    ...(spends ? { spends } : {}),
  }
  const begun = await deps.ledger.appendWhere({ type: 'op.started', frame, data }, state =>
    mayBegin(run, state),
  )
  return begun ? undefined : enter(run, terms)
}

/** Journalled where a replay would go by it: an undo is tried again, and looked at again. */
const refuse = async (
  { deps, place, ref, undoes }: OpRun,
  failure: Failure,
  asked: { readonly requests?: RequestTally } = {},
): Promise<void> => {
  if (undoes !== undefined) return
  const { frame } = place
  await deps.ledger.append({ type: 'op.refused', frame, data: { ...ref, ...asked, failure } })
}

/** The same op with the same token, in this process, when there are other credentials. */
const onceRenewed = async (
  run: OpRun,
  terms: Terms | undefined,
  away: TurnedAway,
): Promise<Result<Json> | undefined> => {
  const answer = await renewed(run, away)
  if (answer === 'left') return undefined
  if (answer === 'again') return start(run, terms)
  await refuse(run, away.failure)
  return { ok: false, failure: away.failure }
}

/** Found not to have happened, it has failed: `apply` decides by that, now and whenever it is replayed. */
const afterDoubt = async (
  run: OpRun,
  failure: Failure,
  counted: RequestTally,
): Promise<Result<Json> | undefined> => {
  const settled = await resolveDoubt(run, counted)
  if (!settled) return undefined
  if (settled.state === 'done') return record(run, settled)
  const { by: actor, requests, evidence } = settled
  const sent = failure.message.replace(/\.$/, '')
  const known = { ...failure, message: `${sent}; it was not done: ${evidence}` }
  const data = { ...run.ref, requests, failure: known }
  await run.deps.ledger.append({ type: 'op.failed', frame: run.place.frame, actor, data })
  return { ok: false, failure: known }
}
