import type { Instant } from './instant.js'
import type { Json, JsonObject } from './json.js'
import type { Mode, Posture } from './mode.js'
import type { GateLevel, Plan } from './plan.js'
import type { Actor, Question } from './question.js'
import type { Failure } from './result.js'
import type { Outcome, Runbook, StepKind } from './runbook.js'

/** Every type of event that a journal can hold. The names are a promise to those who read journals. */
export const EVENT = {
  incidentOpened: 'incident.opened',
  incidentPaused: 'incident.paused',
  incidentResumed: 'incident.resumed',
  incidentEnded: 'incident.ended',
  definitionChanged: 'definition.changed',
  ownerTaken: 'owner.taken',
  ownerReleased: 'owner.released',
  lockTaken: 'lock.taken',
  lockReleased: 'lock.released',
  stepEntered: 'step.entered',
  stepSkipped: 'step.skipped',
  stepFinished: 'step.finished',
  expressionEvaluated: 'expression.evaluated',
  checkObserved: 'check.observed',
  questionAsked: 'question.asked',
  questionAnswered: 'question.answered',
  planMade: 'plan.made',
  planChanged: 'plan.changed',
  gateDecided: 'gate.decided',
  applyStarted: 'apply.started',
  applyFinished: 'apply.finished',
  opStarted: 'op.started',
  opFinished: 'op.finished',
  opFailed: 'op.failed',
  opRefused: 'op.refused',
  opResolved: 'op.resolved',
  undoStarted: 'undo.started',
  undoFinished: 'undo.finished',
  postureRaised: 'posture.raised',
  postureExpired: 'posture.expired',
  guardrailOverridden: 'guardrail.overridden',
  budgetExhausted: 'budget.exhausted',
  timerFired: 'timer.fired',
  noteAdded: 'note.added',
  noticeSent: 'notice.sent',
  drillScored: 'drill.scored',
  dryRunEnded: 'dry_run.ended',
} as const

/** Which visit of which step an event belongs to. */
export type Visit = { readonly step: string; readonly visit: number }

/** How a visit of a step ended. `outcome("id")` in an expression is one of these. */
export type StepOutcome =
  | 'passed'
  | 'failed'
  | 'inconclusive'
  | 'applied'
  | 'declined'
  | 'refused'
  | 'unchanged'
  | 'undone'
  | 'would-change'
  | 'answered'
  | 'done'
  | 'skipped'

/** What a withheld run says of a step; never "succeeded". */
export type WithheldStatus = 'would-change' | 'checked' | 'not-evaluable'

/** Requests that were sent for one command: `ec2.RunInstances` to a count. */
export type RequestTally = { readonly [operation: string]: number }

/** Key of an op inside its incident: step visit, key and target. */
export type OpRef = { readonly op: string; readonly kind: string; readonly target: string }

export type Purpose = 'when' | 'with' | 'text' | 'expect' | 'branch' | 'verify'

type Requests = { readonly requests?: RequestTally }

export type EventData = {
  'incident.opened': {
    readonly definition: Runbook
    readonly inputs: JsonObject
    readonly mode: Mode
    readonly posture: Posture
    readonly tool: string
    readonly fleet: { readonly file: string; readonly namespace: string; readonly guardrailsHash: string }
    readonly drill?: { readonly scenario: string; readonly seed: number }
  }
  'incident.paused': { readonly reason: string }
  'incident.resumed': { readonly tool: string }
  'incident.ended': { readonly outcome: Outcome; readonly because: string }
  'step.entered': Visit & { readonly kind: StepKind; readonly title: string; readonly phase?: string }
  'step.skipped': Visit & { readonly reason: 'when' | 'limit' }
  'step.finished': Visit & {
    readonly outcome: StepOutcome
    readonly output?: Json
    readonly summary: string
    readonly failure?: Failure
    readonly withheld?: { readonly status: WithheldStatus; readonly unmade: number }
  }
  'expression.evaluated': Visit & {
    readonly purpose: Purpose
    readonly value: Json
    /** Named sub-values that led to it, for people. */
    readonly seen?: JsonObject
    /** The expression needs something absent: what. */
    readonly missing?: string
  }
  'check.observed': Visit &
    Requests & {
      readonly purpose: 'step' | 'verify'
      readonly check: string
      readonly verdict: 'pass' | 'fail' | 'inconclusive'
      readonly output: Json
      readonly summary: string
      readonly failure?: Failure
    }
  'question.asked': { readonly question: Question }
  'question.answered': Visit & {
    readonly question: string
    readonly option: string
    readonly by: Actor
    readonly typed?: string
  }
  'plan.made': Visit & Requests & { readonly plan?: Plan; readonly failure?: Failure }
  'plan.changed': Visit &
    Requests & { readonly plan?: Plan; readonly failure?: Failure; readonly differences: readonly string[] }
  'gate.decided': Visit & {
    readonly digest: string
    readonly level: GateLevel
    readonly reasons: readonly string[]
    readonly decision: 'approved' | 'declined' | 'refused' | 'withheld'
    readonly by: Actor
    readonly typed?: string
  }
  'apply.started': Visit & Requests & { readonly digest: string }
  'apply.finished': Visit & {
    readonly outcome: 'applied' | 'failed'
    readonly output: Json
    readonly summary: string
    readonly failure?: Failure
  }
  'op.started': Visit &
    OpRef & {
      readonly args: JsonObject
      readonly token: string
      readonly undoes?: string
      /** It changes nothing: there is nothing to take back. */
      readonly look?: true
    }
  'op.finished': Visit & OpRef & Requests & { readonly result: Json }
  'op.failed': Visit & OpRef & Requests & { readonly failure: Failure }
  'op.refused': Visit & OpRef & { readonly failure: Failure }
  'op.resolved': Visit &
    OpRef &
    Requests & {
      readonly verdict: 'done' | 'not-done'
      readonly result?: Json
      readonly by: Actor
      readonly evidence: string
    }
  'undo.started': Visit & { readonly ops: readonly string[] }
  'undo.finished': Visit & {
    readonly outcome: 'undone' | 'failed'
    readonly left: readonly string[]
    readonly failure?: Failure
  }
  'timer.fired': Visit & { readonly due: Instant }
  'note.added': { readonly text: string }
  'drill.scored': {
    readonly score: number
    readonly measures: JsonObject
    readonly deductions: Json
    readonly faulted: Json
  }
  'dry_run.ended': { readonly outcome: Outcome; readonly because: string; readonly fidelity: string }
}

export type RecordedType = keyof EventData

/** What the engine folds: an event without the journal's envelope of hashes. */
export type Event<T extends RecordedType = RecordedType> = {
  [K in T]: {
    readonly type: K
    readonly at: Instant
    readonly actor: Actor
    /** Path of the frame; absent for events of the whole incident. */
    readonly frame?: string
    readonly data: EventData[K]
  }
}[T]

/** An event before the runtime gave it a time. */
export type Draft<T extends RecordedType = RecordedType> = {
  [K in T]: { readonly type: K; readonly frame?: string; readonly actor?: Actor; readonly data: EventData[K] }
}[T]
