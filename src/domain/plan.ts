import type { Json, JsonObject } from './json.js'

/** One exact change. `before` and `after` hold material facts only (state, weight, association), never counts or times. */
export type Change = {
  readonly verb: string
  readonly resource: string
  readonly before: JsonObject | null
  readonly after: JsonObject | null
}

/** What the plan does to capacity; serving means success on the data path. */
export type Blast = {
  /** Null where the capacity of no cluster changes; the numbers are 0 then. */
  readonly cluster: string | null
  /** Serving proxies now, and the floor from the fleet file. */
  readonly serving: number
  readonly floor: number
  /** Serving proxies that the plan takes away at its worst moment. */
  readonly takes: number
  /** Proxies out of service at its worst moment, those that are out already included. */
  readonly unavailable: number
  readonly adds: number
  readonly irreversible: boolean
}

/** Of a plan that touches no cluster's capacity. */
export const noCapacity = (irreversible: boolean): Blast => ({
  cluster: null,
  serving: 0,
  floor: 0,
  takes: 0,
  unavailable: 0,
  adds: 0,
  irreversible,
})

/** Shown, not bound: a count, a rate, an age. Asked again only where it is more than 20 % worse; `neither` never is. */
export type Fact = {
  readonly label: string
  readonly value: number
  readonly unit: string
  readonly worse: 'higher' | 'lower' | 'neither'
}

/** What an action would do now, before it is bound to a digest. */
export type PlanDraft = {
  readonly summary: string
  readonly changes: readonly Change[]
  readonly blast: Blast
  readonly facts: readonly Fact[]
  /** Targets that stood out when it was made, and by what: shown, not bound. `apply` compares later looks with it. */
  readonly hot?: { readonly [target: string]: string }
  readonly warnings: readonly string[]
  /** What undo would do, a line each; what cannot be undone says so. */
  readonly undo: readonly string[]
  /** The word that a typed gate asks for: the target's id, or cluster and count. */
  readonly confirm: string
  /** The output that a withheld run goes on with, marked as predicted. */
  readonly predicted: JsonObject
  /** The same by hand: aws, nft or socket commands, one a line, for reading and not for running. */
  readonly commands: readonly string[]
  /** What it uses up of a guardrail that counts over time. */
  readonly spends?: Spending
  /** What nobody else may change meanwhile: `cluster:us-east-c1`, `acl:acl-0abc`. */
  readonly locks: readonly string[]
  /** Who must agree at least, whatever else the plan does. */
  readonly atLeast?: { readonly level: 'operator' | 'typed'; readonly reason: string }
  /** sha256 of the allowlist that it was made by, hexadecimal: with another one it is another plan. */
  readonly allowlist?: string
  /** It reaches what no drill can simulate (a command, a request): in a drill its effects are withheld. */
  readonly outside?: true
}

export type Plan = PlanDraft & {
  readonly action: string
  readonly with: { readonly [key: string]: Json }
  /** sha256 over what the plan binds, hexadecimal. */
  readonly digest: string
}

export const GATE_LEVEL = {
  auto: 'auto',
  operator: 'operator',
  typed: 'typed',
  peer: 'peer',
  refused: 'refused',
} as const
/** Who must agree, from least to most. */
export type GateLevel = (typeof GATE_LEVEL)[keyof typeof GATE_LEVEL]

/** Guardrails that an operator may override for one plan. */
export const GUARDRAIL = {
  minHealthy: 'min_healthy',
  maxUnavailable: 'max_unavailable_proxies',
  flush: 'flush',
} as const
export type Guardrail = (typeof GUARDRAIL)[keyof typeof GUARDRAIL]

/** Those that count over time, and over every incident of a fleet. */
export type RateGuardrail = typeof GUARDRAIL.flush

/** How much an op uses up of its target, which is of that cluster, under such a guardrail. */
export type Spends = { readonly guardrail: RateGuardrail; readonly cluster: string; readonly amount: number }

/** How much of each target a plan uses up, and how much there is now of every target of the cluster: one unit for all. */
export type Spending = {
  readonly guardrail: RateGuardrail
  readonly cluster: string
  readonly each: { readonly [target: string]: number }
  readonly whole: { readonly [target: string]: number }
}
