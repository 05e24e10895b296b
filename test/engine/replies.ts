// The events that may complete a command, as the runtime would append them.

import type { Draft, EventData } from '../../src/domain/event.js'
import { epochMs, toInstant } from '../../src/domain/instant.js'
import type { Json, JsonObject } from '../../src/domain/json.js'
import type { Posture } from '../../src/domain/mode.js'
import type { Guardrail } from '../../src/domain/plan.js'
import { failure } from '../../src/domain/result.js'
import { opKey } from '../../src/engine/ops.js'
import type { Command } from '../../src/engine/pending.js'
import type { OpState } from '../../src/engine/state.js'
import { type Incident, plan } from './histories.js'

export type Reply = readonly Draft[]

export type Of<D extends Command['do']> = Command & { readonly do: D }
export type Placed = Exclude<Command, { do: 'end' | 'posture' }>

export const visitOf = ({ step, visit }: Placed) => ({ step: step.id, visit })
export const drafts = (...list: Draft[]): Reply => list

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

export const notified = (command: Of<'notify'>): Reply =>
  drafts({
    type: 'notice.sent',
    frame: command.frame,
    data: { ...visitOf(command), kind: 'notice', text: command.text },
  })

export const answered = (command: Of<'ask'>, option: string, more: Details = {}): Reply =>
  drafts(
    { type: 'question.asked', frame: command.frame, data: { question: command.question } },
    {
      type: 'question.answered',
      frame: command.frame,
      actor: 'operator',
      data: { ...visitOf(command), question: command.question.id, option, by: 'operator', ...more },
    },
  )

/** What a verb needs to know besides its name. */
export type Details = Pick<EventData['question.answered'], 'reason' | 'to'>

/** At a gate, a verb is all that an answer can be: consent is a decision. */
export const wentElsewhere = (command: Of<'gate'>, option: string, more: Details = {}): Reply =>
  drafts({
    type: 'question.answered',
    frame: command.frame,
    actor: 'operator',
    data: { ...visitOf(command), question: gateIdOf(command), option, by: 'operator', ...more },
  })

const gateIdOf = ({ frame, step, visit, plan: { digest } }: Of<'gate'>): string =>
  `${frame}:${step.id}#${visit}:gate:${digest.slice(0, 12)}`

export const overridden = (command: Of<'gate'>, guardrail: Guardrail = 'min_healthy'): Reply =>
  drafts({
    type: 'guardrail.overridden',
    frame: command.frame,
    actor: 'operator',
    data: {
      ...visitOf(command),
      digest: command.plan.digest,
      guardrail,
      reason: 'customers are down',
      typed: command.plan.confirm,
      by: 'operator',
    },
  })

export const planned = (command: Of<'plan' | 'plan-undo'>, made = plan()): Reply =>
  drafts({ type: 'plan.made', frame: command.frame, data: { ...visitOf(command), plan: made } })

export const notPlanned = (
  command: Of<'plan' | 'plan-undo'>,
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
  posture: Posture = 'conservative',
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
      posture,
      by: 'operator',
    },
  })

export const applyStarted = (command: Of<'confirm' | 'confirm-undo'>): Reply =>
  drafts({
    type: 'apply.started',
    frame: command.frame,
    data: { ...visitOf(command), digest: command.plan.digest },
  })

export const planChanged = (command: Of<'confirm' | 'confirm-undo'>, digest: string): Reply =>
  drafts({
    type: 'plan.changed',
    frame: command.frame,
    data: { ...visitOf(command), plan: plan({ digest }), differences: ['it differs'] },
  })

export const planGone = (command: Of<'confirm' | 'confirm-undo'>): Reply =>
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
  next?: JsonObject,
): Reply =>
  drafts({
    type: 'apply.finished',
    frame: command.frame,
    data: { ...visitOf(command), outcome, output: { outcome }, summary: outcome, ...(next ? { next } : {}) },
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

/** An op that changes nothing. */
export const looked = (command: Placed, key: string): Reply => {
  const data = refOf(command, key)
  return [
    { type: 'op.started', frame: command.frame, data: { ...data, args: {}, token: key, look: true } },
    { type: 'op.finished', frame: command.frame, data: { ...data, result: { key } } },
  ]
}

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

/** Too many of our own ops failed; the answer is `stop` or `continue`. */
export const exhausted = (command: Of<'apply'>, option: 'stop' | 'continue'): Reply => [
  { type: 'budget.exhausted', frame: command.frame, data: { ...visitOf(command), failures: 2, limit: 2 } },
  granted(command, option),
]

export const granted = (command: Of<'apply'>, option: string): Draft => ({
  type: 'question.answered',
  frame: command.frame,
  actor: 'operator',
  data: {
    ...visitOf(command),
    question: `${command.frame}:${command.step.id}#${command.visit}:budget`,
    option,
    by: 'operator',
  },
})

/** Milliseconds for which a raised posture holds in these histories. */
const HOLDS = 3_600_000

export const raised = (incident: Incident): Reply =>
  drafts({
    type: 'posture.raised',
    data: {
      to: 'aggressive',
      until: toInstant(incident.now() + HOLDS),
      reason: 'customers are hurt',
      by: 'operator',
    },
  })

export const expired = (): Reply =>
  drafts({ type: 'posture.expired', data: { by: 'operator', because: 'it is calm again' } })

/** Moves the clock to where a timer is due. */
export const atDue = (incident: Incident, command: Command): void => {
  if (command.do === 'timer') incident.pass(Math.max(0, epochMs(command.due) - incident.now()))
}
