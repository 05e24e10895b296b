import type { Instant } from './instant.js'
import type { Json, JsonObject } from './json.js'
import type { Mode, Posture } from './mode.js'
import type { Permission } from './permission.js'
import type { GateLevel, Guardrail, Plan, Spends } from './plan.js'
import type { Actor, Question } from './question.js'
import type { Failure } from './result.js'
import type { ActionStep, Outcome, Runbook, StepKind } from './runbook.js'

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

/** Path of the frame that an incident begins in. */
export const MAIN_FRAME = 'main'

/** A visit in its frame: side by side, the same step is visited in several. */
export type Place = Visit & { readonly frame: string }

/** A place as it is written down; without a frame it is the main one. */
export type WrittenPlace = Visit & { readonly frame?: string }

/** `replace#1`, and with its frame's path before it where that is not the main one. */
export const placeKey = ({ frame = MAIN_FRAME, step, visit }: WrittenPlace): string =>
  frame === MAIN_FRAME ? `${step}#${visit}` : `${frame}/${step}#${visit}`

export const isSamePlace = (a: Place, b: Place): boolean =>
  a.step === b.step && a.visit === b.visit && a.frame === b.frame

/** Is that place the other one, or in a frame that was opened inside it? */
export const isWithin = (inner: Place, outer: Place): boolean =>
  isSamePlace(inner, outer) || inner.frame.startsWith(`${blockPath(outer)}/`)

/** Where the frames inside a step's visit have their paths. */
export const blockPath = ({ frame, step, visit }: Place): string => `${frame}/${step}#${visit}`

export const writtenPlace = ({ frame, step, visit }: Place): WrittenPlace =>
  frame === MAIN_FRAME ? { step, visit } : { frame, step, visit }

export const readPlace = ({ frame = MAIN_FRAME, step, visit }: WrittenPlace): Place => ({ frame, step, visit })

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

export type Purpose = 'when' | 'with' | 'text' | 'expect' | 'branch' | 'verify' | 'until' | 'each'

/** Serving targets that an op takes away from a cluster while it stands. */
export type Takes = { readonly cluster: string; readonly targets: readonly string[] }

/** The process that works on an incident. A higher fence has taken it from a lower one. */
export type OwnerMark = { readonly host: string; readonly pid: number; readonly fence: number }

type Requests = { readonly requests?: RequestTally }
/** An action beside the runbook, whole: its own frame `do#N` begins with this. */
type Beside = { readonly doing?: ActionStep }

export type EventData = {
  'incident.opened': {
    readonly definition: Runbook
    /** Every other runbook that it can lead to, by name. */
    readonly others?: { readonly [name: string]: Runbook }
    readonly inputs: JsonObject
    readonly mode: Mode
    readonly posture: Posture
    readonly tool: string
    readonly fleet: { readonly file: string; readonly namespace: string; readonly guardrailsHash: string }
    readonly drill?: { readonly scenario: string; readonly seed: number }
    /** Where the runbook was read from, and the others. */
    readonly source?: string
    readonly sources?: { readonly [name: string]: string }
    readonly owner?: OwnerMark
  }
  'incident.paused': { readonly reason: string }
  'incident.resumed': { readonly tool: string; readonly owner?: OwnerMark }
  'incident.ended': { readonly outcome: Outcome; readonly because: string }
  /** The runbook's file is no longer what the incident was opened with. `found` is null where it is gone. */
  'definition.changed': {
    readonly stored: string
    readonly found: string | null
    readonly decision: 'stored' | 'abort'
    readonly by: Actor
  }
  'owner.taken': {
    readonly owner: OwnerMark
    readonly from?: OwnerMark & { readonly lastKey?: Instant }
  }
  'lock.taken': { readonly resource: string }
  'lock.released': { readonly resource: string }
  'step.entered': Visit & Beside & { readonly kind: StepKind; readonly title: string; readonly phase?: string }
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
    readonly reason?: string
    readonly to?: string
  }
  'plan.made': Visit & Requests & { readonly plan?: Plan; readonly failure?: Failure }
  'plan.changed': Visit &
    Requests & { readonly plan?: Plan; readonly failure?: Failure; readonly differences: readonly string[] }
  'gate.decided': Visit &
    Requests & {
      readonly digest: string
      readonly level: GateLevel
      readonly reasons: readonly string[]
      readonly decision: 'approved' | 'declined' | 'refused' | 'withheld'
      readonly by: Actor
      readonly typed?: string
      /** The posture it was decided under: the apply keeps it. */
      readonly posture?: Posture
      /** Of a withheld run: what these credentials may do, as far as EC2 says. */
      readonly permissions?: readonly Permission[]
    }
  'apply.started': Visit & Requests & { readonly digest: string }
  'apply.finished': Visit & {
    readonly outcome: 'applied' | 'failed'
    readonly output: Json
    readonly summary: string
    readonly failure?: Failure
    /** What another plan is made of, in the same visit. */
    readonly next?: JsonObject
  }
  'op.started': Visit &
    OpRef &
    Requests & {
      readonly args: JsonObject
      readonly token: string
      readonly undoes?: string
      /** It changes nothing: there is nothing to take back. */
      readonly look?: true
      readonly irreversible?: true
      readonly takes?: Takes
      readonly spends?: Spends
    }
  'op.finished': Visit & OpRef & Requests & { readonly result: Json }
  'op.failed': Visit & OpRef & Requests & { readonly failure: Failure }
  'op.refused': Visit & OpRef & Requests & { readonly failure: Failure }
  'op.resolved': Visit &
    OpRef &
    Requests & {
      readonly verdict: 'done' | 'not-done'
      readonly result?: Json
      readonly by: Actor
      readonly evidence: string
      readonly failure?: Failure // what turned it away: there was no doubt that it was not done
    }
  /** An undo of its own frame `undo#N`, whose visit is N of the step `undo`. */
  'undo.started': Visit & { readonly of: readonly WrittenPlace[]; readonly by: Actor }
  'undo.finished': Visit & {
    readonly outcome: 'undone' | 'failed' | 'declined' | 'nothing'
    /** What still stands, and why. */
    readonly left: readonly string[]
    /** Keys of the ops that are taken back whole. */
    readonly undone?: readonly string[]
  }
  'posture.raised': {
    readonly to: Posture
    readonly until: Instant
    readonly reason: string
    readonly by: Actor
  }
  'posture.expired': { readonly by: Actor; readonly because: string }
  'guardrail.overridden': Visit & {
    readonly digest: string
    readonly guardrail: Guardrail
    readonly reason: string
    readonly typed: string
    readonly by: Actor
  }
  'budget.exhausted': Visit & { readonly failures: number; readonly limit: number }
  /** `again`: a check that has not passed looks once more, for so many times by now. */
  'timer.fired': Visit & { readonly due: Instant; readonly again?: number }
  /** `did`: a change that was made by hand, and what it was made on. */
  'note.added': { readonly text: string; readonly kind?: 'did'; readonly targets?: readonly string[] }
  /** Somebody was called, in the operator's words; or a step of the runbook that tells people something. */
  'notice.sent':
    | { readonly kind: 'escalation'; readonly to: string; readonly text: string; readonly by: Actor }
    | (Visit & { readonly kind: 'notice'; readonly to?: string; readonly text: string })
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
