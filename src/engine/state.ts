// engine: what an incident is, and what comes next. Pure: no I/O, no clock, no randomness, no package.
// It imports src/domain and nothing else; whatever it needs to know arrives as an event.

import type { EventData, Place, StepOutcome, Takes, WithheldStatus } from '../domain/event.js'
import type { Instant } from '../domain/instant.js'
import type { Json, JsonObject } from '../domain/json.js'
import type { Posture } from '../domain/mode.js'
import type { Guardrail, Plan, Spends } from '../domain/plan.js'
import type { Actor } from '../domain/question.js'
import type { Failure } from '../domain/result.js'
import type { ActionStep, Call, Outcome } from '../domain/runbook.js'
import type { Table } from '../domain/table.js'

/** What follows a finished step. */
export type Then =
  | { readonly to: 'next' }
  | { readonly to: 'step'; readonly id: string }
  | { readonly to: 'end'; readonly outcome: Outcome; readonly because: string }
  /** The operator ends the whole incident, from whichever frame. */
  | { readonly to: 'abort'; readonly because: string }
  /** Over to another runbook, for good. */
  | { readonly to: 'run'; readonly call: Call; readonly because: string }
  | { readonly to: 'ask' }
  /** Take back what the step did, if anything; its plan is shown and agreed to like any other. */
  | { readonly to: 'undo' }

export type StepFinished = EventData['step.finished']
export type CheckObserved = EventData['check.observed']

/** Where a frame stands inside its step. The table in transition.ts says what each accepts. */
export type Phase =
  | { readonly at: 'arriving' }
  | { readonly at: 'admitted' }
  | { readonly at: 'passing'; readonly reason: 'when' | 'limit' }
  | { readonly at: 'preparing' }
  /** `looks`: how often the check of this visit has looked already. */
  | { readonly at: 'checking'; readonly input: JsonObject; readonly looks: number }
  | {
      readonly at: 'judging'
      readonly input: JsonObject
      readonly looks: number
      readonly observed: CheckObserved
    }
  | { readonly at: 'retrying'; readonly input: JsonObject; readonly looks: number; readonly due: Instant }
  | { readonly at: 'notifying'; readonly text: string }
  | { readonly at: 'inside'; readonly inside: Inside }
  | { readonly at: 'handing'; readonly call: Call; readonly finished: StepFinished }
  | { readonly at: 'asking'; readonly text: string; readonly labels: { readonly [key: string]: string } }
  | { readonly at: 'planning'; readonly input: JsonObject }
  | {
      readonly at: 'gating'
      readonly plan: Plan
      readonly differences: readonly string[]
      readonly overridden: readonly Guardrail[]
    }
  | { readonly at: 'confirming'; readonly plan: Plan; readonly terms: Terms }
  | { readonly at: 'applying'; readonly plan: Plan; readonly terms: Terms }
  | { readonly at: 'interrupted'; readonly plan: Plan; readonly terms: Terms }
  | { readonly at: 'verifying'; readonly verify: Verifying }
  | { readonly at: 'waiting'; readonly due: Instant }
  | { readonly at: 'closing'; readonly finished: StepFinished; readonly then: Then }
  | { readonly at: 'deciding'; readonly finished: StepFinished; readonly undoable: boolean }
  | {
      readonly at: 'undoing'
      readonly back: Phase
      readonly of: readonly Place[]
      readonly by: Actor
      /** Begun by 0.1.0, whose undo had no frame of its own: its ops stand in this one. */
      readonly inPlace?: true
    }
  | {
      readonly at: 'leaving'
      readonly outcome: 'declined' | 'failed' | 'nothing'
      readonly left: readonly string[]
    }
  | { readonly at: 'over'; readonly outcome: Outcome; readonly because: string }

/** What a plan was agreed to under: its apply keeps it, whatever changes meanwhile. */
export type Terms = {
  readonly posture: Posture
  readonly overridden: readonly Guardrail[]
  /** Version of firebreak that began the apply. */
  readonly tool: string
  /** When it was begun, or last gone on with. */
  readonly since?: Instant
}

/** One frame to come: `name` is the last part of its path, and where its results are found. */
export type Block = {
  readonly name: string
  /** Which of the step's lists of steps it runs; undefined where it runs another runbook. */
  readonly steps?: number
  readonly item?: Json
  readonly called?: Called
}

/** Another runbook at work, with its own inputs. */
export type Called = { readonly runbook: string; readonly inputs: JsonObject }

/** A step whose frames are at work: those still to be opened, and what became of those that are over. */
export type Inside = {
  readonly blocks: readonly Block[]
  /** How many of them were opened so far. */
  readonly opened: number
  readonly over: { readonly [name: string]: BlockOver }
  /** When its time is over, where it has one. */
  readonly due?: Instant
  /** Nothing new is begun: the first failure, or the operator's end of it all. */
  readonly stopped?: { readonly because: string; readonly abort?: true }
}

/** Outputs of the steps of a frame that is over, and the outcome where it was another runbook. */
export type BlockOver = { readonly outputs: JsonObject; readonly outcome?: Outcome }

/**
 * Looks until something has held long enough: what an action brought about, or what a step waits for. Prepare the
 * input once, then look, judge and pause.
 */
export type Verifying = {
  readonly stage: 'preparing' | 'looking' | 'judging' | 'pausing'
  readonly since: Instant
  /** What the action before it came to; a step that only waits has none. */
  readonly applied?: { readonly output: Json; readonly summary: string }
  readonly input?: JsonObject
  readonly observed?: CheckObserved
  readonly heldSince?: Instant
  readonly due?: Instant
}

export type StepResult = {
  readonly outcome: StepOutcome
  readonly visit: number
  readonly output?: Json
  /** Supposed by a withheld run, not seen in the world. */
  readonly predicted: boolean
}

/** The place is that of the step whose action it belongs to, of an undo's op, too. */
export type OpState = Place & {
  readonly op: string
  readonly kind: string
  readonly target: string
  readonly args: JsonObject
  readonly token: string
  readonly undoes?: string
  /** It changes nothing. */
  readonly look?: true
  /** Nothing takes it back. */
  readonly irreversible?: true
  readonly takes?: Takes
  /** With when that was: of what counts over time, the latest attempt. */
  readonly spends?: Spends & { readonly at: Instant }
  /** Every op that takes it back has finished. */
  readonly undone?: true
  /** `started` without more is in doubt; `not-done` was resolved so, and may be sent again with its token. */
  readonly status: 'started' | 'finished' | 'failed' | 'refused' | 'not-done'
  readonly result?: Json
  readonly failure?: Failure
}

export type Frame = {
  readonly path: string
  /** Index into the runbook's steps; one past the last means that control fell off the end. */
  readonly index: number
  readonly phase: Phase
  readonly visits: { readonly [step: string]: number }
  /** Visits since the last reset: what a limit compares. */
  readonly counts: { readonly [step: string]: number }
  readonly results: { readonly [step: string]: StepResult }
  /** Of an undo: the visits whose changes it takes back. Nothing else goes on while there is one. */
  readonly of?: readonly Place[]
  /** An action beside the runbook, the only step of this frame. Nothing but its undo goes on while there is one. */
  readonly doing?: ActionStep
  /** Of an undo, or of an action beside the runbook: when it was begun. */
  readonly begun?: Instant
  /** Path of the frame whose step waits for this one. */
  readonly parent?: string
  /** Which of that step's frames it is. */
  readonly block?: Block
  /** Another runbook than the one that the incident was opened with. */
  readonly called?: Called
  /** It begins nothing new: why. */
  readonly stopping?: string
  /** Of the present visit: what its earlier plans came to. */
  readonly soFar?: SoFar
}

/** Plans of one visit that were applied, how many, and what they came to in all. */
export type SoFar = { readonly plans: number; readonly output: Json; readonly summary: string }

/** A posture above the ordinary one, and until when. */
export type Raised = { readonly to: Posture; readonly until: Instant; readonly reason: string }

/** What an apply ran under, kept for the undo: which action, and what it had locked. */
export type AppliedPlan = {
  readonly action: string
  readonly cluster: string | null
  readonly locks: readonly string[]
}

/** A change that an operator has made without firebreak, in their words. */
export type ByHand = { readonly text: string; readonly targets: readonly string[] }

/** The fold of a journal. */
export type IncidentState = {
  readonly status: 'new' | 'open' | 'paused' | 'ended'
  readonly opened?: EventData['incident.opened']
  readonly openedAt?: Instant
  readonly at?: Instant
  readonly frames: { readonly [path: string]: Frame }
  /** By key, in the order in which they were started. */
  readonly ops: Table<OpState>
  /** Changes that a withheld run has shown and not made, by cluster. */
  readonly unmade: { readonly [cluster: string]: number }
  /** What a withheld run can say of its steps, counted: the fidelity of the rehearsal. */
  readonly fidelity: { readonly [status in WithheldStatus | 'checked-before-unmade']: number }
  /** Version of firebreak at work. */
  readonly tool: string
  readonly raised?: Raised
  /** Failures of our own ops since the budget was last granted. */
  readonly failures: number
  readonly exhausted?: EventData['budget.exhausted'] & {
    /** The visit whose plan was told to start nothing more. */
    readonly stopped?: string
  }
  /** By step and visit, `replace#1`. */
  readonly applied: Table<AppliedPlan>
  /** Answers so far, by step and kind of question. */
  readonly answered: { readonly [question: string]: number }
  /** How the latest undo ended. */
  readonly lastUndo?: Pick<EventData['undo.finished'], 'outcome' | 'left'>
  /** How the latest action outside of a runbook ended. */
  readonly lastDone?: StepFinished
  /** Changes that were made by hand, oldest first: nothing takes them back. */
  readonly byHand: readonly ByHand[]
  /** Hash of the changed runbook file that the operator has seen; null where it was gone. */
  readonly drift?: string | null
  /** How many undos were begun. */
  readonly undos: number
  /** How many actions were begun beside the runbook. */
  readonly dos: number
  readonly outcome?: Outcome
  readonly because?: string
  readonly score?: number
}

export const EMPTY: IncidentState = {
  status: 'new',
  frames: {},
  ops: [],
  unmade: {},
  fidelity: { 'would-change': 0, checked: 0, 'checked-before-unmade': 0, 'not-evaluable': 0 },
  tool: '',
  failures: 0,
  applied: [],
  answered: {},
  undos: 0,
  dos: 0,
  byHand: [],
}

/** Which of a guardrail's limits hold now. */
export const postureOf = ({ raised, opened }: IncidentState): Posture =>
  raised?.to ?? opened?.posture ?? 'conservative'
