import { GATE_LEVEL, type GateLevel, type PlanDraft } from '../domain/plan.js'
import type { Approve } from '../domain/runbook.js'

/** The limits that hold for a plan now: the fleet's guardrails at the present posture. */
export type Limits = { readonly maxUnavailable: number }

export type Gate = { readonly level: GateLevel; readonly reasons: readonly string[] }

/** Who must agree to a plan: the highest of what its blast, its step and the guardrails ask for. */
export const gate = (plan: PlanDraft, approve: Approve | undefined, limits: Limits): Gate => {
  const asked = [...byGuardrails(plan, limits), ...byBlast(plan), ...byStep(approve)]
  const level = asked.reduce<GateLevel>((top, { level: next }) => higher(top, next), GATE_LEVEL.auto)
  return { level, reasons: asked.filter(one => one.level === level).map(({ reason }) => reason) }
}

type Asked = { readonly level: GateLevel; readonly reason: string }

/** Removing what does not serve is never refused: only a number that sinks below the floor is. */
const byGuardrails = ({ blast }: PlanDraft, limits: Limits): Asked[] => {
  const left = blast.serving - blast.takes
  const refusals: Asked[] = []
  if (blast.takes > 0 && left < blast.floor)
    refusals.push(
      refused(`it would leave ${left} serving proxies in ${blast.cluster}; min_healthy is ${blast.floor}`),
    )
  if (blast.takes > 0 && blast.unavailable > limits.maxUnavailable)
    refusals.push(
      refused(
        `it would have ${blast.unavailable} proxies out of service; max_unavailable_proxies is ${limits.maxUnavailable}`,
      ),
    )
  return refusals
}

const byBlast = ({ blast }: PlanDraft): Asked[] => [
  ...(blast.irreversible ? [{ level: GATE_LEVEL.typed, reason: 'it cannot be undone' }] : []),
  ...(blast.takes > 0 ? [{ level: GATE_LEVEL.operator, reason: 'it takes capacity away' }] : []),
  ...(blast.adds > 0 ? [{ level: GATE_LEVEL.operator, reason: 'it adds capacity' }] : []),
]

const byStep = (approve: Approve | undefined): Asked[] =>
  approve ? [{ level: GATE_LEVEL[approve], reason: 'the runbook asks for it' }] : []

const refused = (reason: string): Asked => ({ level: GATE_LEVEL.refused, reason })

const ORDER: readonly GateLevel[] = [
  GATE_LEVEL.auto,
  GATE_LEVEL.operator,
  GATE_LEVEL.typed,
  GATE_LEVEL.peer,
  GATE_LEVEL.refused,
]

const higher = (a: GateLevel, b: GateLevel): GateLevel => (ORDER.indexOf(a) >= ORDER.indexOf(b) ? a : b)
