import type { Posture } from '../domain/mode.js'
import type { RateGuardrail, Spending, Spends } from '../domain/plan.js'
import { type Failure, failure } from '../domain/result.js'
import { excess, type Rate, type Spent, spentIn } from '../engine/rate.js'
import type { IncidentState, Terms } from '../engine/state.js'
import { limitFor } from '../fleet/guardrails.js'
import type { Deps } from './deps.js'
import type { OpRun } from './op-run.js'

/** What was spent so far, by this incident and by every other one of the fleet, ended ones included. */
export const spentSoFar = async ({ ledger, spentElsewhere }: Deps): Promise<readonly Spent[]> => [
  ...(await spentElsewhere()),
  ...spentIn(ledger.state()),
]

/** A guardrail that counts over time, at a posture and now. */
export const rateAt = (
  { fleet, clock }: Pick<Deps, 'fleet' | 'clock'>,
  guardrail: RateGuardrail,
  posture: Posture,
  spent: readonly Spent[],
): Rate => {
  const limit = fleet.guardrails[guardrail]
  const standing = { per: limit?.per ?? 0, now: clock.now(), spent }
  return limit ? { ...standing, most: limitFor(limit.maxFraction, posture) } : standing
}

/** Before an op that spends: the gate was asked before, and other incidents go on meanwhile. */
export const checkRate = async (run: OpRun, terms: Terms | undefined): Promise<Failure | undefined> => {
  const { deps, behaviour, args } = run
  const spends = behaviour.spends?.(args)
  if (!spends || terms?.overridden.includes(spends.guardrail)) return undefined
  const rate = rateAt(deps, spends.guardrail, terms?.posture ?? 'conservative', await spentSoFar(deps))
  const why = excess(spendingOf(run, spends), rate)
  if (why === undefined) return undefined
  return failure(
    'guardrail.refused',
    why,
    'wait; or visit the step again, where the guardrail can be overridden',
  )
}

/** One op's part of what its plan spends. What there is in all is what the plan was agreed to with. */
const spendingOf = ({ deps, place, ref }: OpRun, { guardrail, cluster, amount }: Spends): Spending => {
  const each = { [ref.target]: amount }
  return { guardrail, cluster, each, whole: agreedIn(deps.ledger.state(), place.frame)?.whole ?? each }
}

const agreedIn = ({ frames }: IncidentState, frame: string): Spending | undefined => {
  const phase = frames[frame]?.phase
  return phase?.at === 'applying' ? phase.plan.spends : undefined
}
