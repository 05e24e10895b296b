import type { JsonObject } from '../../domain/json.js'
import type { Plan, PlanDraft } from '../../domain/plan.js'
import { fail, ok, type Result } from '../../domain/result.js'
import { runbookOf } from '../../engine/frames.js'
import type { Command } from '../../engine/pending.js'
import type { Spent } from '../../engine/rate.js'
import { type Deps, tally } from '../deps.js'
import { bind } from '../digest.js'
import { lookWith } from '../look.js'
import { spentSoFar } from '../rate.js'
import { untilStopped } from '../until-stopped.js'
import { withEc2 } from '../with-ec2.js'
import { gateOf } from './gate.js'
import { confirmPlan, type Made, recordPlan } from './made.js'

export const plan = async (deps: Deps, command: Command & { do: 'plan' }): Promise<void> => {
  const { frame, action, input } = command
  const made = await untilStopped(deps.stop, make(deps, frame, action, input))
  if (made) await recordPlan(deps, command, made)
}

export const confirm = async (deps: Deps, command: Command & { do: 'confirm' }): Promise<void> => {
  const { plan: agreed } = command
  const made = await untilStopped(deps.stop, make(deps, command.frame, agreed.action, { ...agreed.with }))
  if (!made) return
  const spent = agreed.spends ? await spentSoFar(deps) : []
  await confirmPlan(deps, command, made, now => stricter(deps, command, now, spent))
}

/** Capacity may have gone while the plan waited, and others may have spent: who must agree is asked again, too. */
const stricter = (
  deps: Deps,
  { step, plan: agreed, terms }: Command & { do: 'confirm' },
  now: Plan,
  spent: readonly Spent[],
): readonly string[] => {
  const gate = gateOf(deps, step, now, terms, spent)
  // One that was agreed to was not refused then.
  return gate.level !== 'refused' && gate.level === gateOf(deps, step, agreed, terms, spent).level
    ? []
    : [`the gate is now ${gate.level}: ${gate.reasons.join('; ')}`]
}

const make = async (deps: Deps, frame: string, action: string, input: JsonObject): Promise<Made> => {
  const { record, counts } = tally()
  const made = await draft(deps, action, input, record)
  const result = made.ok ? ok(bound(deps, frame, { action, input }, made.value)) : made
  return { result, requests: counts() }
}

const draft = async (
  deps: Deps,
  action: string,
  input: JsonObject,
  record: Parameters<typeof lookWith>[1],
): Promise<Result<PlanDraft>> => {
  const spec = deps.actions[action]
  if (!spec) throw new Error(`no action ${action} in the registry`)
  const parsed = spec.input.safeParse(input)
  if (!parsed.success)
    return fail('input.invalid', `${action} refuses its input: ${parsed.error.message}`, 'mend the runbook')
  const { behaviour } = await deps.clock.io(spec.load())
  const look = lookWith(deps, record)
  return spec.needs.includes('ec2')
    ? withEc2(action, look, asking => behaviour.plan(parsed.data, asking))
    : behaviour.plan(parsed.data, look)
}

/** A plan is bound to all that it was made under. */
const bound = (
  deps: Deps,
  frame: string,
  { action, input }: { readonly action: string; readonly input: JsonObject },
  drafted: PlanDraft,
): Plan => {
  const state = deps.ledger.state()
  return bind(drafted, {
    tool: deps.tool,
    runbook: runbookOf(state, state.frames[frame]).hash,
    action,
    with: input,
    allowlist: drafted.allowlist ?? null,
    guardrails: `${deps.fleet.guardrailsHash}, floor ${drafted.blast.floor}`,
  })
}
