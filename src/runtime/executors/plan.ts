import type { EventData } from '../../domain/event.js'
import { canonicalJson, type JsonObject } from '../../domain/json.js'
import type { Change, Fact, Plan } from '../../domain/plan.js'
import { fail, ok, type Result } from '../../domain/result.js'
import { runbookOf } from '../../engine/frames.js'
import type { Command } from '../../engine/pending.js'
import { type Deps, tally } from '../deps.js'
import { bind } from '../digest.js'
import { lockedFor } from '../locked-for.js'
import { lookWith } from '../look.js'
import { gateOf } from './gate.js'

export const plan = async (deps: Deps, command: Command & { do: 'plan' }): Promise<void> => {
  const { frame, step, visit, action, input } = command
  const { result, requests } = await make(deps, action, input)
  const made = result.ok ? { plan: result.value } : { failure: result.failure }
  await deps.ledger.append({ type: 'plan.made', frame, data: { step: step.id, visit, requests, ...made } })
}

/** Makes the plan again just before the first op: what was agreed to is what is done, or it is asked again. */
export const confirm = async (deps: Deps, command: Command & { do: 'confirm' }): Promise<void> => {
  const { frame, step, visit, plan: agreed } = command
  const { result, requests } = await make(deps, agreed.action, { ...agreed.with })
  const data = { step: step.id, visit, requests }
  if (!result.ok) {
    const changed: EventData['plan.changed'] = {
      ...data,
      failure: result.failure,
      differences: [result.failure.message],
    }
    return deps.ledger.append({ type: 'plan.changed', frame, data: changed })
  }
  const differences = [...differencesOf(agreed, result.value), ...stricter(deps, command, result.value)]
  if (differences.length > 0)
    return deps.ledger.append({
      type: 'plan.changed',
      frame,
      data: { ...data, plan: result.value, differences },
    })
  const locked = await lockedFor(deps, agreed)
  if (!locked.ok)
    return deps.ledger.append({
      type: 'plan.changed',
      frame,
      data: { ...data, failure: locked.failure, differences: [locked.failure.message] },
    })
  await deps.ledger.append({ type: 'apply.started', frame, data: { ...data, digest: agreed.digest } })
}

/** Capacity may have gone while the plan waited: who must agree is asked again, too. */
const stricter = (
  deps: Deps,
  { step, plan: agreed, terms }: Command & { do: 'confirm' },
  now: Plan,
): readonly string[] => {
  const gate = gateOf(deps, step, now, terms)
  return gate.level === gateOf(deps, step, agreed, terms).level
    ? []
    : [`the gate is now ${gate.level}: ${gate.reasons.join('; ')}`]
}

type Made = { readonly result: Result<Plan>; readonly requests: EventData['plan.made']['requests'] & {} }

const make = async (deps: Deps, action: string, input: JsonObject): Promise<Made> => {
  const { record, counts } = tally()
  const result = await draft(deps, action, input, record)
  return { result, requests: counts() }
}

const draft = async (
  deps: Deps,
  action: string,
  input: JsonObject,
  record: Parameters<typeof lookWith>[1],
): Promise<Result<Plan>> => {
  const spec = deps.actions[action]
  if (!spec) throw new Error(`no action ${action} in the registry`)
  const parsed = spec.input.safeParse(input)
  if (!parsed.success)
    return fail('input.invalid', `${action} refuses its input: ${parsed.error.message}`, 'mend the runbook')
  const { behaviour } = await deps.clock.io(spec.load())
  const drafted = await behaviour.plan(parsed.data, lookWith(deps, record))
  if (!drafted.ok) return drafted
  return ok(
    bind(drafted.value, {
      tool: deps.tool,
      runbook: runbookOf(deps.ledger.state()).hash,
      action,
      with: input,
      allowlist: null,
      guardrails: `${deps.fleet.guardrailsHash}, floor ${drafted.value.blast.floor}`,
    }),
  )
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
  if (!then) return []
  const limit = then.value * (now.worse === 'higher' ? 1 + TOLERANCE : 1 - TOLERANCE)
  const worse = now.worse === 'higher' ? now.value > limit : now.value < limit
  return worse ? [`${now.label}: ${then.value} ${then.unit} -> ${now.value} ${now.unit}`] : []
}

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
