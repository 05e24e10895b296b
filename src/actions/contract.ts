// actions: they change the world, by plan. One folder each, one line in the registry.
// An action never asks, journals or checks a mode: plan and ops are data, and the runtime does the rest.

import type { ZodObject, z } from 'zod'
import type { Clock } from '../domain/clock.js'
import type { Takes } from '../domain/event.js'
import type { Json, JsonObject } from '../domain/json.js'
import type { Plan, PlanDraft, Spends } from '../domain/plan.js'
import type { Failure, Result } from '../domain/result.js'
import type { FilterRegister } from '../fleet/filters/register.js'
import type { Fleet, Guardrails } from '../fleet/fleet.js'
import type { Ec2Probe, Providers } from '../providers/contract.js'
import type { Look } from '../providers/look.js'

/** One durable sub-step. Everything that the effect needs is in `args`: it may run, be probed or be undone in another process. */
export type OpRequest = {
  readonly kind: string
  /** Unique, with the target, among the ops of one visit. */
  readonly key: string
  readonly target: string
  readonly args: JsonObject
  /** It puts away what this very apply has made in vain: that is begun also where nothing new may be. */
  readonly tidies?: true
}

/** What a probe can find out about an op whose outcome is not known. */
export type Probe =
  | { readonly state: 'done'; readonly result: Json; readonly evidence: string }
  | { readonly state: 'not-done'; readonly evidence: string }
  /** The world cannot say: what the operator should look for. */
  | { readonly state: 'unknown'; readonly evidence: string }

/** What an op may use. What it works on was decided by the plan: only an op that is a look, and changes nothing, uses `look`. */
export type Hands = {
  readonly clock: Clock
  readonly fleet: Fleet
  readonly providers: Providers
  readonly look: Look
  readonly filters: FilterRegister
  /** Id of the incident, for tags. */
  readonly incident: string
  /** The value of `{ secret: NAME }`, at the moment of use; from then on it is redacted wherever it would appear. */
  readonly secret: (name: string) => Result<string>
}

export type OpBehaviour<Args = JsonObject> = {
  /** A result may have a field `told`: what the operator reads of it instead of `done`. */
  readonly effect: (args: Args, token: string, hands: Hands) => Promise<Result<Json>>
  readonly probe: (args: Args, token: string, hands: Hands) => Promise<Probe>
  /**
   * The ops that take it back, or why that cannot be done now; `nothing` for a look; `irreversible` is said
   * before consent and listed after. A result of null: the operator knows that it happened, and nobody knows more.
   */
  readonly undo: 'nothing' | 'irreversible' | TakeBack<Args>
  /** The same by hand: an aws, nft or socket command, for reading and not for running. A look has none. */
  readonly byHand?: (args: Args) => string
  /** Serving targets that it takes away; absent or undefined where it takes none. The floor is checked before each such op. */
  readonly takes?: (args: Args) => Takes | undefined
  /** What it uses up of a guardrail that counts over time, which is checked before each such op; its plan says the same of all. */
  readonly spends?: (args: Args) => Spends | undefined
}

type TakeBack<Args> = (args: Args, result: Json) => readonly OpRequest[] | string

export type Apply = {
  readonly op: (request: OpRequest) => Promise<Result<Json>>
  /** Side by side; returns when all have ended. */
  readonly all: (requests: readonly OpRequest[]) => Promise<readonly Result<Json>[]>
}

export type Applied = {
  readonly output: JsonObject
  readonly summary: string
  /** It came so far, and then this: what was done stays, and is in the output. */
  readonly failure?: Failure
  /** The input of another plan in the same visit, made and agreed to like the first; lists of their outputs are joined. */
  readonly next?: JsonObject
}

export type ActionBehaviour<Input> = {
  readonly plan: (input: Input, look: Look) => Promise<Result<PlanDraft>>
  /** Args are checked by the op's own schema where they come back from a journal. */
  readonly ops: { readonly [kind: string]: OpBehaviour }
  /** Built from the plan alone: between ops it decides only from the plan and from the ops' results. */
  readonly apply: (plan: Plan, apply: Apply) => Promise<Result<Applied>>
  /** What a withheld run asks EC2 for permission for, in the place of doing it. */
  readonly probes?: (plan: Plan) => readonly Ec2Probe[]
}

/** Of what is written at that key of the input: null stands where an expression does. */
export type Refusal = { readonly key: string; readonly message: string; readonly next: string }

export type ActionSpec<I extends ZodObject = ZodObject, O extends ZodObject = ZodObject> = {
  readonly name: string
  readonly summary: string
  readonly input: I
  readonly output: O
  /** Control planes without which it is not possible now. */
  readonly needs: readonly 'ec2'[]
  /** No op can take it back; or only where that key of its input says how. Its ops say the same, and are not loaded for it. */
  readonly irreversible?: boolean | { readonly unless: string }
  /** A guardrail that refuses whatever is written there, in every posture; undefined where it may pass. */
  readonly refusedBy?: (written: JsonObject, guardrails: Guardrails) => Refusal | undefined
  /** IAM actions that its ops call. */
  readonly permissions: readonly string[]
  readonly load: () => Promise<{ readonly behaviour: ActionBehaviour<z.output<I>> }>
}

/** Types an action; the registry holds the result. */
export const defineAction = <I extends ZodObject, O extends ZodObject>(
  spec: ActionSpec<I, O>,
): ActionSpec<I, O> => spec

/** Types an op: its args are parsed by their schema, whether they come from a plan or from a journal of last week. */
export const defineOp = <S extends ZodObject>(schema: S, behaviour: OpBehaviour<z.output<S>>): OpBehaviour => ({
  effect: (args, token, hands) => behaviour.effect(schema.parse(args), token, hands),
  probe: (args, token, hands) => behaviour.probe(schema.parse(args), token, hands),
  undo:
    typeof behaviour.undo === 'string'
      ? behaviour.undo
      : (
          take =>
          (args: JsonObject, result: Json): ReturnType<TakeBack<JsonObject>> =>
            take(schema.parse(args), result)
        )(behaviour.undo),
  ...(behaviour.byHand ? byHandFor(schema, behaviour.byHand) : {}),
  ...(behaviour.takes ? takesFor(schema, behaviour.takes) : {}),
  ...(behaviour.spends ? spendsFor(schema, behaviour.spends) : {}),
})

const byHandFor = <S extends ZodObject>(
  schema: S,
  byHand: NonNullable<OpBehaviour<z.output<S>>['byHand']>,
): Pick<OpBehaviour, 'byHand'> => ({ byHand: args => byHand(schema.parse(args)) })

const takesFor = <S extends ZodObject>(
  schema: S,
  takes: NonNullable<OpBehaviour<z.output<S>>['takes']>,
): Pick<OpBehaviour, 'takes'> => ({ takes: args => takes(schema.parse(args)) })

const spendsFor = <S extends ZodObject>(
  schema: S,
  spends: NonNullable<OpBehaviour<z.output<S>>['spends']>,
): Pick<OpBehaviour, 'spends'> => ({ spends: args => spends(schema.parse(args)) })
