import { GATE_LEVEL, type GateLevel, GUARDRAIL, type Guardrail, type PlanDraft } from '../domain/plan.js'
import type { Approve } from '../domain/runbook.js'
import { excess, type Rate } from './rate.js'

/** The limits that hold for a plan now: the fleet's guardrails at the present posture. */
export type Limits = {
  readonly maxUnavailable: number
  /** Of a plan that spends. */
  readonly rate?: Rate
}

export type Gate = {
  readonly level: GateLevel
  readonly reasons: readonly string[]
  /** Those that refuse it: each can be overridden, for this one plan. */
  readonly guardrails: readonly Guardrail[]
}

/** Who must agree to a plan: the highest of what its blast, its step and the guardrails ask for. */
export const gate = (
  plan: PlanDraft,
  approve: Approve | undefined,
  limits: Limits,
  overridden: readonly Guardrail[] = [],
): Gate => {
  const refusals = refusalsOf(plan, limits)
  const standing = refusals.filter(({ guardrail }) => !overridden.includes(guardrail))
  const asked = [
    ...standing,
    ...(refusals.length > standing.length ? [OVERRIDDEN] : []),
    ...byPlan(plan),
    ...byStep(approve),
  ]
  const level = asked.reduce<GateLevel>((top, { level: next }) => higher(top, next), GATE_LEVEL.auto)
  const reasons = asked.filter(one => one.level === level).map(({ reason }) => reason)
  return { level, reasons, guardrails: standing.map(({ guardrail }) => guardrail) }
}

type Asked = { readonly level: GateLevel; readonly reason: string }
type Refusal = Asked & { readonly guardrail: Guardrail }

const OVERRIDDEN: Asked = { level: GATE_LEVEL.typed, reason: 'it overrides a guardrail' }

/** Removing what does not serve is never refused: only a number that sinks below the floor is. */
const refusalsOf = ({ blast, spends }: PlanDraft, limits: Limits): Refusal[] => {
  const left = blast.serving - blast.takes
  const refusals: Refusal[] = []
  if (blast.takes > 0 && left < blast.floor)
    refusals.push({
      level: GATE_LEVEL.refused,
      guardrail: GUARDRAIL.minHealthy,
      reason: `it would leave ${left} serving proxies in ${blast.cluster}; min_healthy is ${blast.floor}`,
    })
  if (blast.takes > 0 && blast.unavailable > limits.maxUnavailable)
    refusals.push({
      level: GATE_LEVEL.refused,
      guardrail: GUARDRAIL.maxUnavailable,
      reason: `it would have ${blast.unavailable} proxies out of service; max_unavailable_proxies is ${limits.maxUnavailable}`,
    })
  const tooMuch = spends && excess(spends, limits.rate ?? NO_RATE)
  if (tooMuch) refusals.push({ level: GATE_LEVEL.refused, guardrail: spends.guardrail, reason: tooMuch })
  return refusals
}

/** Nobody said how much: nothing may be spent. */
const NO_RATE: Rate = { per: 0, now: 0, spent: [] }

const byPlan = ({ blast, atLeast }: PlanDraft): Asked[] => [
  ...(blast.irreversible ? [{ level: GATE_LEVEL.typed, reason: 'it cannot be undone' }] : []),
  ...(blast.takes > 0 ? [{ level: GATE_LEVEL.operator, reason: 'it takes capacity away' }] : []),
  ...(blast.adds > 0 ? [{ level: GATE_LEVEL.operator, reason: 'it adds capacity' }] : []),
  ...(atLeast ? [atLeast] : []),
]

const byStep = (approve: Approve | undefined): Asked[] =>
  approve ? [{ level: GATE_LEVEL[approve], reason: 'the runbook asks for it' }] : []

const ORDER: readonly GateLevel[] = [
  GATE_LEVEL.auto,
  GATE_LEVEL.operator,
  GATE_LEVEL.typed,
  GATE_LEVEL.peer,
  GATE_LEVEL.refused,
]

const higher = (a: GateLevel, b: GateLevel): GateLevel => (ORDER.indexOf(a) >= ORDER.indexOf(b) ? a : b)
