import type { GateLevel, Guardrail, Plan } from './plan.js'

export type Option = { readonly key: string; readonly label: string; readonly recommended: boolean }

/** `ask`, `manual`: the runbook's own. The others are firebreak's. */
export type QuestionKind =
  | 'ask'
  | 'manual'
  | 'gate'
  | 'failed'
  | 'inconclusive'
  | 'interrupted'
  | 'in-doubt'
  | 'credentials'
  | 'budget'
  | 'posture'
  | 'drift'

/** What an operator can do at a question besides answering it. A host adds two of its own: `x` and `?`. */
export const VERB = {
  skip: 'skip',
  retry: 'retry',
  jump: 'jump',
  undo: 'undo',
  override: 'override',
  note: 'note',
  did: 'did',
  escalate: 'escalate',
  posture: 'posture',
  pause: 'pause',
  abort: 'abort',
} as const
export type VerbKey = (typeof VERB)[keyof typeof VERB]

/** One more thing that a verb needs to know, asked for in this order. */
export type Detail = {
  readonly field: 'reason' | 'to' | 'typed'
  readonly message: string
  /** Typed as it is, one of these, or anything but nothing. */
  readonly accepts: 'text' | { readonly exactly: string } | { readonly oneOf: readonly string[] }
  /** Words that are often typed here. */
  readonly suggestions?: readonly string[]
}

export type Verb = { readonly key: VerbKey; readonly label: string; readonly details: readonly Detail[] }

/** One question to the operator. Enter alone never answers it. */
export type Question = {
  /** Frame, step, visit and kind: the same question has the same id after a resume. */
  readonly id: string
  readonly kind: QuestionKind
  readonly step: string
  readonly visit: number
  readonly title: string
  readonly text: string
  readonly options: readonly Option[]
  /** What else can be done here. */
  readonly verbs: readonly Verb[]
  /** With a typed gate: choosing `approve` also needs this word, typed. */
  readonly type?: { readonly option: string; readonly word: string }
  readonly gate?: {
    readonly level: GateLevel
    readonly reasons: readonly string[]
    readonly plan: Plan
    /** Those that refuse it. */
    readonly guardrails?: readonly Guardrail[]
  }
}

export type Actor = 'operator' | 'auto' | 'answers' | 'engine'

/** `option` is the key of one of the question's options, or of one of its verbs. */
export type Answer = {
  readonly option: string
  readonly by: Actor
  readonly typed?: string
  /** Why: skipping, jumping and overriding need it; for a note, the note. */
  readonly reason?: string
  /** The step of a jump; who was called in an escalation; the posture and how long, as typed. */
  readonly to?: string
}
