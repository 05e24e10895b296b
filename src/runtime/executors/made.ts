import type { EventData } from '../../domain/event.js'
import { canonicalJson } from '../../domain/json.js'
import type { Change, Fact, Plan } from '../../domain/plan.js'
import type { Result } from '../../domain/result.js'
import type { Step } from '../../domain/runbook.js'
import { formatBytes } from '../../domain/size.js'
import type { Deps } from '../deps.js'
import { lockedFor } from '../locked-for.js'

/** A plan, or why there is none, and the requests that it took. */
export type Made = { readonly result: Result<Plan>; readonly requests: EventData['plan.made']['requests'] & {} }

type Place = { readonly frame: string; readonly step: Step; readonly visit: number }

export const recordPlan = ({ ledger }: Deps, place: Place, { result, requests }: Made): Promise<void> => {
  const { frame, step, visit } = place
  const made = result.ok ? { plan: result.value } : { failure: result.failure }
  return ledger.append({ type: 'plan.made', frame, data: { step: step.id, visit, requests, ...made } })
}

/**
 * The plan was made again just before the first op: what was agreed to is what is done, or it is asked again.
 * `stricter` says what else than the plan itself must not have changed.
 */
export const confirmPlan = async (
  deps: Deps,
  place: Place & { readonly plan: Plan },
  { result, requests }: Made,
  stricter: (now: Plan) => readonly string[] = () => [],
): Promise<void> => {
  const { frame, step, visit, plan: agreed } = place
  const data = { step: step.id, visit, requests }
  const changed = (more: Pick<EventData['plan.changed'], 'plan' | 'failure' | 'differences'>) =>
    deps.ledger.append({ type: 'plan.changed', frame, data: { ...data, ...more } })
  if (!result.ok) return changed({ failure: result.failure, differences: [result.failure.message] })
  const differences = [...differencesOf(agreed, result.value), ...stricter(result.value)]
  if (differences.length > 0) return changed({ plan: result.value, differences })
  const locked = await lockedFor(deps, agreed)
  if (!locked.ok) return changed({ failure: locked.failure, differences: [locked.failure.message] })
  await deps.ledger.append({ type: 'apply.started', frame, data: { ...data, digest: agreed.digest } })
}

/** How much worse a shown fact may get while a plan waits before it is asked again. */
const TOLERANCE = 0.2

/** Words for what changed since the plan was agreed to; none where it still holds. */
export const differencesOf = (agreed: Plan, now: Plan): readonly string[] => {
  const worse = now.facts.flatMap(fact => worsened(agreed.facts, fact))
  if (agreed.digest === now.digest) return worse
  const changes = changesOf(agreed.changes, now.changes)
  return [...(changes.length > 0 ? changes : ['the rules it was made under changed']), ...worse]
}

const worsened = (before: readonly Fact[], now: Fact): string[] => {
  const then = before.find(({ label }) => label === now.label)
  if (!then || now.worse === 'neither') return []
  const limit = then.value * (now.worse === 'higher' ? 1 + TOLERANCE : 1 - TOLERANCE)
  const worse = now.worse === 'higher' ? now.value > limit : now.value < limit
  return worse ? [`${now.label}: ${amountOf(then)} -> ${amountOf(now)}`] : []
}

const amountOf = ({ value, unit }: Fact): string => (unit === 'bytes' ? formatBytes(value) : `${value} ${unit}`)

const changesOf = (before: readonly Change[], now: readonly Change[]): string[] => {
  const was = new Set(before.map(canonicalJson))
  const is = new Set(now.map(canonicalJson))
  return [
    ...before.filter(change => !is.has(canonicalJson(change))).map(change => `no longer: ${wordsFor(change)}`),
    ...now.filter(change => !was.has(canonicalJson(change))).map(change => `now: ${wordsFor(change)}`),
  ]
}

const wordsFor = ({ verb, resource, before, after }: Change): string =>
  `${verb} ${resource} ${JSON.stringify(before)} -> ${JSON.stringify(after)}`
