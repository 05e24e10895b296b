// The events that may complete a command, as the runtime would append them.

import type { Draft, EventData } from '../../src/domain/event.js'
import { epochMs } from '../../src/domain/instant.js'
import type { Json } from '../../src/domain/json.js'
import { failure } from '../../src/domain/result.js'
import { opKey, undoKey } from '../../src/engine/ops.js'
import type { Command } from '../../src/engine/pending.js'
import type { OpState } from '../../src/engine/state.js'
import { undoList } from '../../src/engine/undo.js'
import { type Incident, plan } from './histories.js'

export type Reply = readonly Draft[]

type Of<D extends Command['do']> = Command & { readonly do: D }
type Placed = Exclude<Command, { do: 'end' }>

const visitOf = ({ step, visit }: Placed) => ({ step: step.id, visit })
const drafts = (...list: Draft[]): Reply => list

export const entered = (command: Placed): Reply =>
  drafts({
    type: 'step.entered',
    frame: command.frame,
    data: { ...visitOf(command), kind: command.step.kind, title: command.step.id },
  })

export const skipped = (command: Of<'skip'>): Reply =>
  drafts({
    type: 'step.skipped',
    frame: command.frame,
    data: { ...visitOf(command), reason: command.reason },
  })

/** `missing` makes it an expression that could not be evaluated. */
export const evaluated = (command: Of<'evaluate'>, value: Json, missing?: string): Reply =>
  drafts({
    type: 'expression.evaluated',
    frame: command.frame,
    data: {
      ...visitOf(command),
      purpose: command.purpose,
      value,
      ...(missing === undefined ? {} : { missing }),
    },
  })

export const observed = (
  command: Of<'check'>,
  verdict: EventData['check.observed']['verdict'],
  output: Json = { seen: verdict },
): Reply =>
  drafts({
    type: 'check.observed',
    frame: command.frame,
    data: {
      ...visitOf(command),
      purpose: command.purpose,
      check: command.check,
      verdict,
      output,
      summary: verdict,
    },
  })

export const answered = (command: Of<'ask'>, option: string): Reply =>
  drafts(
    { type: 'question.asked', frame: command.frame, data: { question: command.question } },
    {
      type: 'question.answered',
      frame: command.frame,
      actor: 'operator',
      data: { ...visitOf(command), question: command.question.id, option, by: 'operator' },
    },
  )

export const planned = (command: Of<'plan'>, made = plan()): Reply =>
  drafts({ type: 'plan.made', frame: command.frame, data: { ...visitOf(command), plan: made } })

export const notPlanned = (
  command: Of<'plan'>,
  code: 'plan.nothing-to-do' | 'plan.impossible' = 'plan.impossible',
): Reply =>
  drafts({
    type: 'plan.made',
    frame: command.frame,
    data: { ...visitOf(command), failure: failure(code, 'no plan', 'look') },
  })

export const decided = (
  command: Of<'gate'>,
  decision: EventData['gate.decided']['decision'] = 'approved',
): Reply =>
  drafts({
    type: 'gate.decided',
    frame: command.frame,
    data: {
      ...visitOf(command),
      digest: command.plan.digest,
      level: decision === 'refused' ? 'refused' : 'operator',
      reasons: ['because'],
      decision,
      by: 'operator',
    },
  })

export const applyStarted = (command: Of<'confirm'>): Reply =>
  drafts({
    type: 'apply.started',
    frame: command.frame,
    data: { ...visitOf(command), digest: command.plan.digest },
  })

export const planChanged = (command: Of<'confirm'>, digest: string): Reply =>
  drafts({
    type: 'plan.changed',
    frame: command.frame,
    data: { ...visitOf(command), plan: plan({ digest }), differences: ['it differs'] },
  })

export const planGone = (command: Of<'confirm'>): Reply =>
  drafts({
    type: 'plan.changed',
    frame: command.frame,
    data: {
      ...visitOf(command),
      failure: failure('plan.nothing-to-do', 'it is gone', 'go on'),
      differences: ['it is gone'],
    },
  })

export const applied = (
  command: Of<'apply'>,
  outcome: EventData['apply.finished']['outcome'] = 'applied',
): Reply =>
  drafts({
    type: 'apply.finished',
    frame: command.frame,
    data: { ...visitOf(command), outcome, output: { outcome }, summary: outcome },
  })

export const resumed = (): Reply => drafts({ type: 'incident.resumed', data: { tool: '0.0.0' } })

export const fired = (command: Of<'timer'>): Reply =>
  drafts({
    type: 'timer.fired',
    frame: command.frame,
    data: { ...visitOf(command), due: command.due },
  })

export const finished = (command: Of<'finish'>): Reply =>
  drafts({ type: 'step.finished', frame: command.frame, data: command.finished })

export const ended = ({ frame, outcome, because }: Of<'end'>, withheld: boolean): Reply =>
  withheld
    ? drafts({ type: 'dry_run.ended', frame, data: { outcome, because, fidelity: '' } })
    : drafts({ type: 'incident.ended', frame, data: { outcome, because } })

// Ops. Each is a fragment that stands before a completing event.

const refOf = (command: Placed, key: string, target = 't') => ({
  ...visitOf(command),
  op: opKey({ frame: command.frame, ...visitOf(command) }, key, target),
  kind: 'set',
  target,
})

export const started = (command: Placed, key: string): Reply =>
  drafts({
    type: 'op.started',
    frame: command.frame,
    data: { ...refOf(command, key), args: { key }, token: key },
  })

export const opFinished = (command: Placed, key: string): Reply => [
  ...started(command, key),
  { type: 'op.finished', frame: command.frame, data: { ...refOf(command, key), result: { key } } },
]

export const opFailed = (command: Placed, key: string): Reply => [
  ...started(command, key),
  {
    type: 'op.failed',
    frame: command.frame,
    data: { ...refOf(command, key), failure: failure('ec2.capacity', 'none left', 'wait') },
  },
]

export const opRefused = (command: Placed, key: string): Reply =>
  drafts({
    type: 'op.refused',
    frame: command.frame,
    data: { ...refOf(command, key), failure: failure('guardrail.refused', 'the floor', 'wait') },
  })

export const resolved = (command: Placed, op: OpState, verdict: 'done' | 'not-done'): Reply =>
  drafts({
    type: 'op.resolved',
    frame: command.frame,
    data: {
      step: op.step,
      visit: op.visit,
      op: op.op,
      kind: op.kind,
      target: op.target,
      verdict,
      by: 'engine',
      evidence: 'looked',
      ...(verdict === 'done' ? { result: { found: true } } : {}),
    },
  })

/** `cut` leaves an op without its outcome, as a crash would. */
const undoOp = (command: Placed, op: OpState, how: 'finished' | 'failed' | 'cut'): Reply => {
  const ref = {
    ...visitOf(command),
    op: `${undoKey(op.op)}/back@${op.target}`,
    kind: 'reset',
    target: op.target,
  }
  const start: Draft = {
    type: 'op.started',
    frame: command.frame,
    data: { ...ref, args: {}, token: ref.op, undoes: op.op },
  }
  if (how === 'cut') return [start]
  if (how === 'finished')
    return [start, { type: 'op.finished', frame: command.frame, data: { ...ref, result: null } }]
  const why = failure('plan.stale', 'somebody moved it', 'find out')
  return [start, { type: 'op.failed', frame: command.frame, data: { ...ref, failure: why } }]
}

/** Takes everything back, newest first; `failed` and `cut` stop at the first. */
export const undone = (
  incident: Incident,
  command: Of<'undo'>,
  how: 'finished' | 'failed' | 'cut' = 'finished',
): Reply => {
  const { ops } = incident.state()
  const inDoubt = Object.values(ops).filter(
    ({ step, visit, status }) => step === command.step.id && visit === command.visit && status === 'started',
  )
  const settled = new Set(inDoubt.map(({ op }) => op))
  const settledUndos = new Set(inDoubt.map(({ undoes }) => undoes))
  const left = undoList(incident.state(), visitOf(command)).filter(
    ({ op }) => !settled.has(op) && !settledUndos.has(op),
  )
  const body = how === 'finished' ? left : left.slice(0, 1)
  const list = left.map(({ op }) => op)
  return [
    ...inDoubt.flatMap(op => resolved(command, op, op.undoes === undefined ? 'not-done' : 'done')),
    { type: 'undo.started', frame: command.frame, data: { ...visitOf(command), ops: list } },
    ...body.flatMap(op => undoOp(command, op, how)),
    ...(how === 'cut' ? resumed() : undoFinished(command, how === 'finished' ? [] : list)),
  ]
}

export const undoFinished = (command: Of<'undo'>, left: readonly string[]): Reply =>
  drafts({
    type: 'undo.finished',
    frame: command.frame,
    data: { ...visitOf(command), outcome: left.length === 0 ? 'undone' : 'failed', left },
  })

/** Moves the clock to where a timer is due. */
export const atDue = (incident: Incident, command: Command): void => {
  if (command.do === 'timer') incident.pass(Math.max(0, epochMs(command.due) - incident.now()))
}
