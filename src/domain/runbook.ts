import type { Json } from './json.js'
import type { Posture } from './mode.js'

/** One-based place in a file. */
export type Position = { readonly line: number; readonly column: number }

export const STEP_KIND = {
  check: 'check',
  action: 'action',
  ask: 'ask',
  manual: 'manual',
  branch: 'branch',
  notify: 'notify',
  wait: 'wait',
  parallel: 'parallel',
  each: 'each',
  run: 'run',
  goto: 'goto',
  end: 'end',
} as const
export type StepKind = (typeof STEP_KIND)[keyof typeof STEP_KIND]

export const OUTCOME = {
  resolved: 'resolved',
  mitigated: 'mitigated',
  unresolved: 'unresolved',
  aborted: 'aborted',
} as const
/** How an incident ends. A runbook may state all but `aborted`. */
export type Outcome = (typeof OUTCOME)[keyof typeof OUTCOME]

export const INPUT_TYPE = {
  string: 'string',
  number: 'number',
  boolean: 'boolean',
  duration: 'duration',
  cluster: 'cluster',
  proxy: 'proxy',
  shard: 'shard',
  cidr: 'cidr',
  choice: 'choice',
} as const
export type InputType = (typeof INPUT_TYPE)[keyof typeof INPUT_TYPE]

export type InputSpec = {
  readonly type: InputType
  readonly ask?: string
  readonly default?: Json
  readonly fromAlert?: string
  readonly options?: readonly string[]
}

/** A CEL expression, as written. */
export type Cel = string

/** A value with `${{ }}` in it. A subtree without any is one `literal`. */
export type Template =
  | { readonly literal: Json }
  | { readonly cel: Cel }
  | { readonly text: readonly (string | { readonly cel: Cel })[] }
  | { readonly list: readonly Template[] }
  | { readonly map: { readonly [key: string]: Template } }

/** Another runbook, and what its inputs are given. */
export type Call = { readonly runbook: string; readonly with: { readonly [key: string]: Template } }

/** Where control goes: to a step, to the end of the incident, over to another runbook, or (absent) to the next step. */
export type Jump = { readonly goto?: string; readonly end?: Outcome; readonly run?: Call }

export type OnFailure =
  | { readonly do: 'ask' | 'continue' | 'undo' | 'abort' }
  | { readonly do: 'goto'; readonly goto: string }
export type OnInconclusive =
  | { readonly do: 'ask' | 'continue' }
  | { readonly do: 'goto'; readonly goto: string }

/** After an action: that check step once more, true for `hold`, before `within` is over. Milliseconds. */
export type Verify = {
  readonly again: string
  readonly hold: number
  readonly within: number
  readonly every: number
}

/** A check that has not passed looks again, up to so many times. Milliseconds. */
export type Retry = { readonly times: number; readonly every: number }

/** True before `within` is over; looked at every so often. `again`: that check step once more, as `result`. Milliseconds. */
export type Until = {
  readonly until: Cel
  readonly again?: string
  readonly every: number
  readonly within: number
}

export type Choice = Jump & {
  readonly key: string
  readonly label: Template
  readonly recommended: boolean
  /** A step whose count of visits starts again at zero. */
  readonly reset?: string
  /** Whoever takes it raises the posture for its time, or goes back to the ordinary one. */
  readonly posture?: Posture
}

export type Arm = Jump & { readonly if?: Cel }

/** What a step's `approve` may ask for beyond what the gate asks anyway. */
export type Approve = 'operator' | 'typed' | 'peer'

type Common = {
  readonly id: string
  readonly at: Position
  readonly title?: string
  readonly why?: string
  readonly phase?: string
  readonly when?: Cel
  /** At most that many visits; the next one goes to `then` instead. */
  readonly limit?: { readonly visits: number; readonly then: string }
}

export type CheckStep = Common & {
  readonly kind: 'check'
  readonly check: string
  readonly with: { readonly [key: string]: Template }
  /** True means passed. Without it the check's own verdict decides. */
  readonly expect?: Cel
  readonly retry?: Retry
  /** A look that takes longer counts as one that could not tell. Milliseconds. */
  readonly timeout?: number
  readonly onFailure: OnFailure
  readonly onInconclusive: OnInconclusive
}
export type ActionStep = Common & {
  readonly kind: 'action'
  readonly action: string
  readonly with: { readonly [key: string]: Template }
  readonly verify?: Verify
  /** So long after its apply began no further op is started. Milliseconds. */
  readonly timeout?: number
  readonly approve?: Approve
  readonly onFailure: OnFailure
  /** Done outside of any runbook: there is no next step, and nothing is asked after it. */
  readonly alone?: true
}
export type AskStep = Common & {
  readonly kind: 'ask'
  readonly ask: Template
  readonly choices: readonly Choice[]
}
export type ManualStep = Common & {
  readonly kind: 'manual'
  readonly manual: Template
  readonly onFailure: OnFailure
}
export type BranchStep = Common & { readonly kind: 'branch'; readonly branch: readonly Arm[] }
/** Tells people something, by the record and on the screen. */
export type NotifyStep = Common & {
  readonly kind: 'notify'
  readonly notify: Template
  /** Whom it is for, in the team's own words. */
  readonly to?: string
}
export type WaitStep = Common & { readonly kind: 'wait'; readonly wait: number }
export type UntilStep = Common & { readonly kind: 'wait'; readonly wait: Until; readonly onFailure: OnFailure }
export type GotoStep = Common & { readonly kind: 'goto'; readonly goto: string }
export type EndStep = Common & { readonly kind: 'end'; readonly end: Outcome }
/** So long after it was entered nothing more is begun in any frame inside it, and it has failed. Milliseconds. */
type InTime = { readonly timeout?: number }

/** Steps that go on side by side, in frames of their own. */
export type ParallelStep = Common &
  InTime & {
    readonly kind: 'parallel'
    readonly parallel: readonly { readonly name: string; readonly steps: readonly Step[] }[]
    readonly onFailure: OnFailure
  }
/** The same steps for every item of a list, each in a frame of its own. */
export type EachStep = Common &
  InTime & {
    readonly kind: 'each'
    readonly each: Template
    /** What an item is called in the expressions inside. */
    readonly as: string
    readonly maxParallel: number
    readonly steps: readonly Step[]
    readonly onFailure: OnFailure
  }
/** Another runbook, from its first step to its end, and back. */
export type RunStep = Common &
  InTime & { readonly kind: 'run'; readonly run: Call; readonly onFailure: OnFailure }

export type Step =
  | CheckStep
  | ActionStep
  | AskStep
  | ManualStep
  | BranchStep
  | NotifyStep
  | WaitStep
  | UntilStep
  | GotoStep
  | EndStep
  | ParallelStep
  | EachStep
  | RunStep

/** Steps that other steps stand in: each list is run in a frame of its own. */
export const blocksOf = (step: Step): readonly (readonly Step[])[] => {
  if (step.kind === 'parallel') return step.parallel.map(({ steps }) => steps)
  return step.kind === 'each' ? [step.steps] : []
}

/** Every step, those inside others among them, from the top of the file. */
export const everyStep = (steps: readonly Step[]): readonly Step[] =>
  steps.flatMap(step => [step, ...blocksOf(step).flatMap(everyStep)])

/** A runbook as loaded and checked: plain data, stored whole in the journal. */
export type Runbook = {
  readonly name: string
  readonly title: string
  readonly severity?: string
  readonly owner?: string
  readonly triggers: readonly { readonly [label: string]: string }[]
  readonly inputs: { readonly [name: string]: InputSpec }
  readonly steps: readonly Step[]
  /** sha256 of the file's bytes, hexadecimal. */
  readonly hash: string
}
