import { blockPath, type Event, MAIN_FRAME, type Place } from '../domain/event.js'
import type { FailureCode } from '../domain/failure-codes.js'
import { entryOf, valuesOf, withEntry } from '../domain/table.js'
import type { IncidentState, OpState } from './state.js'

type OpEvent = Event<'op.started' | 'op.finished' | 'op.failed' | 'op.refused' | 'op.resolved'>

/** Key of an op inside its incident: it stays the same however often `apply` runs again. */
export const opKey = (place: Place, key: string, target: string, plan = 0): string =>
  `${opsPath(place, plan)}${key}@${target}`

/** What the keys of all ops of one plan begin with; `plan` counts those of the same visit before it. */
export const opsPath = (place: Place, plan: number): string =>
  `${blockPath(place)}${plan === 0 ? '' : `+${plan}`}/`

export const undoKey = (op: string): string => `undo:${op}`

/** Serving targets that ops take away from a cluster which were sent, and are not known to have happened. */
export const beingTaken = (state: IncidentState, cluster: string, except?: string): readonly string[] =>
  valuesOf(state.ops)
    .filter(({ op, status, takes }) => op !== except && status === 'started' && takes?.cluster === cluster)
    .flatMap(({ takes }) => takes?.targets ?? [])

/** Undefined where the op is not in a state that accepts the event: nothing is started twice, or ended before it started. */
export const foldOp = (state: IncidentState, event: OpEvent): (() => IncidentState) | undefined => {
  if (!mayAct(state, event)) return undefined
  const before = entryOf(state.ops, event.data.op)
  if (!isNext(before, event.type)) return undefined
  return () => countFailure(put(state, next(state, before, event)), event)
}

/** No capacity in one place is no failure, nor a quota of one family: the plan names the next place. */
const countFailure = (state: IncidentState, event: OpEvent): IncidentState =>
  event.type === 'op.failed' && !ELSEWHERE.includes(event.data.failure.code)
    ? { ...state, failures: state.failures + 1 }
    : state

const ELSEWHERE: readonly FailureCode[] = ['ec2.capacity', 'ec2.quota']

/**
 * Ops belong to an apply that was agreed to, or to an undo; nowhere else does anything touch the world. What
 * became of one may still be found out while the operator decides how to go on.
 */
const mayAct = (state: IncidentState, { frame, type }: OpEvent): boolean => {
  const at = frame === undefined ? undefined : state.frames[frame]
  const phase = at?.phase.at
  if (phase === 'applying') return true
  // 0.1.0 took back what a step did inside the step's own frame.
  if (at?.phase.at === 'undoing') return at.phase.inPlace === true
  return type === 'op.resolved' && (phase === 'interrupted' || (phase === 'planning' && at?.of !== undefined))
}

const isNext = (before: OpState | undefined, type: OpEvent['type']): boolean => {
  // What is known not to have happened is tried anew, and may meet a closed door this time.
  const isNew = before === undefined || before.status === 'not-done'
  if (type === 'op.refused') return isNew
  if (type === 'op.started') return isNew || mayRetry(before)
  return before?.status === 'started'
}

/** A failed op of an apply is a fact that its replay goes by; a failed undo may be tried once more. */
const mayRetry = (op: OpState): boolean => op.undoes !== undefined && op.status === 'failed'

const next = (state: IncidentState, before: OpState | undefined, event: OpEvent): OpState => {
  switch (event.type) {
    case 'op.started':
      return started(state, event)
    case 'op.refused':
      return { ...refOf(state, event), args: {}, token: '', status: 'refused', failure: event.data.failure }
    case 'op.finished':
      return { ...known(before), status: 'finished', result: event.data.result }
    case 'op.failed':
      return { ...known(before), status: 'failed', failure: event.data.failure }
    case 'op.resolved':
      return event.data.verdict === 'done'
        ? { ...known(before), status: 'finished', result: event.data.result ?? null }
        : { ...known(before), status: 'not-done' }
  }
}

const started = (state: IncidentState, event: Event<'op.started'>): OpState => {
  const { data } = event
  return {
    ...refOf(state, event),
    args: data.args,
    token: data.token,
    status: 'started',
    ...(data.undoes === undefined ? {} : { undoes: data.undoes }),
    ...(data.look ? { look: data.look } : {}),
    ...(data.irreversible ? { irreversible: data.irreversible } : {}),
    ...(data.takes ? { takes: data.takes } : {}),
    ...(data.spends ? { spends: { ...data.spends, at: event.at } } : {}),
  }
}

const refOf = (state: IncidentState, { frame, data }: Event<'op.started' | 'op.refused'>) => ({
  op: data.op,
  kind: data.kind,
  target: data.target,
  frame:
    ('undoes' in data && data.undoes !== undefined ? entryOf(state.ops, data.undoes)?.frame : frame) ??
    MAIN_FRAME,
  step: data.step,
  visit: data.visit,
})

const known = (before: OpState | undefined): OpState => {
  if (!before) throw new Error('an op that never started cannot end')
  return before
}

const put = (state: IncidentState, op: OpState): IncidentState => ({
  ...state,
  ops: withEntry(state.ops, op.op, op),
})
