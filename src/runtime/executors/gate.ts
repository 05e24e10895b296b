import type { EventData } from '../../domain/event.js'
import type { Posture } from '../../domain/mode.js'
import type { Permission } from '../../domain/permission.js'
import type { Plan } from '../../domain/plan.js'
import type { Answer, Question } from '../../domain/question.js'
import type { Failure } from '../../domain/result.js'
import type { Step } from '../../domain/runbook.js'
import { holdsBack } from '../../engine/belongs.js'
import { type Gate, gate as levelOf } from '../../engine/gate.js'
import type { Command } from '../../engine/pending.js'
import { gateQuestion } from '../../engine/questions.js'
import type { Spent } from '../../engine/rate.js'
import { postureOf, type Terms } from '../../engine/state.js'
import { isMove } from '../../engine/verbs.js'
import { limitFor } from '../../fleet/guardrails.js'
import type { Ec2Probe } from '../../providers/contract.js'
import { answered } from '../answered.js'
import { type Deps, tally } from '../deps.js'
import { behaviourOf } from '../op-run.js'
import { put } from '../put.js'
import { rateAt, spentSoFar } from '../rate.js'
import { untilStopped } from '../until-stopped.js'

type GateCommand = Command & { do: 'gate' }

/** Who must agree is decided by the engine's gate; here they are asked. */
export const gate = async (deps: Deps, command: GateCommand, withdrawn: AbortSignal): Promise<void> => {
  const { frame, step, visit, plan } = command
  const decided = (decision: Decision, { asked, posture }: Standing) =>
    deps.ledger.append({
      type: 'gate.decided',
      frame,
      actor: decision.by,
      data: {
        step: step.id,
        visit,
        digest: plan.digest,
        level: asked.level,
        reasons: asked.reasons,
        posture,
        ...decision,
      },
    })
  const spent = plan.spends ? await spentSoFar(deps) : []
  const first = standing(deps, command, spent)
  const unasked = await untilStopped(deps.stop, withoutAsking(deps, plan, first.asked))
  if (deps.stop.reason() !== undefined) return
  if (unasked) return decided(unasked, first)
  const said = await put(deps, frame, () => questionNow(deps, command, spent), withdrawn)
  if (!said) return
  const { question, answer } = said
  if (isMove(answer.option)) return answered(deps, { frame, step: step.id, visit }, question.id, answer)
  return decided(verdict(question, answer), standing(deps, command, spent))
}

/** Who must agree, by the limits that hold now: while a gate waits for its turn, a posture may end. */
type Standing = { readonly asked: Gate; readonly posture: Posture }

const standing = (deps: Deps, { step, plan, overridden }: GateCommand, spent: readonly Spent[]): Standing => {
  const posture = postureOf(deps.ledger.state())
  return { posture, asked: gateOf(deps, step, plan, { posture, overridden }, spent) }
}

const questionNow = (deps: Deps, command: GateCommand, spent: readonly Spent[]): Question | undefined => {
  const state = deps.ledger.state()
  const at = state.frames[command.frame]
  const isThere = at?.phase.at === 'gating' && at.phase.plan.digest === command.plan.digest
  return isThere ? gateQuestion(state, at, command.step, standing(deps, command, spent).asked) : undefined
}

/** Who must agree to that plan of that step, by the fleet's guardrails at a posture, and by what was spent when it came to the gate. */
export const gateOf = (
  deps: Deps,
  step: Step,
  plan: Plan,
  { posture, overridden }: Pick<Terms, 'posture' | 'overridden'>,
  spent: readonly Spent[],
): Gate => {
  const limits = {
    maxUnavailable: limitFor(deps.fleet.guardrails.maxUnavailableProxies, posture),
    ...(plan.spends ? { rate: rateAt(deps, plan.spends.guardrail, posture, spent) } : {}),
  }
  return levelOf(plan, step.kind === 'action' ? step.approve : undefined, limits, overridden)
}

type Decision = Pick<EventData['gate.decided'], 'decision' | 'by' | 'typed' | 'permissions' | 'requests'>

const withoutAsking = async (deps: Deps, plan: Plan, asked: Gate): Promise<Decision | undefined> => {
  const held = holdsBack(deps.ledger.state(), plan)
  // A second person cannot be asked yet, and the first one must not pass for them.
  if (asked.level === 'peer' || (held && asked.level === 'refused'))
    return { decision: 'refused', by: 'engine' }
  if (held) return { decision: 'withheld', by: 'engine', ...(await permissionsFor(deps, plan)) }
  return asked.level === 'auto' ? { decision: 'approved', by: 'engine' } : undefined
}

/** What these credentials may do of it, as far as EC2 says without doing anything. */
const permissionsFor = async (deps: Deps, plan: Plan): Promise<Pick<Decision, 'permissions' | 'requests'>> => {
  const { probes } = await behaviourOf(deps, plan.action)
  const asked = probes?.(plan) ?? []
  if (asked.length === 0) return {}
  const { record, counts } = tally()
  const ec2 = await deps.connect(record).ec2()
  const permissions: Permission[] = []
  for (const probe of asked)
    permissions.push(ec2.ok ? await ec2.value.mayI(probe) : unasked(probe, ec2.failure))
  return { permissions, requests: counts() }
}

const unasked = ({ operation }: Ec2Probe, { message }: Failure): Permission => ({
  permission: `ec2:${operation}`,
  verdict: 'unknown',
  detail: message,
})

/** A typed gate passes only by the exact word; anything else is a decline, whoever answered. What is refused cannot be agreed to. */
const verdict = (question: Question, { option, by, typed }: Answer): Decision => {
  if (question.gate?.level === 'refused') return { decision: 'refused', by }
  const agreed = option === 'approve' && (question.type === undefined || typed === question.type.word)
  return { decision: agreed ? 'approved' : 'declined', by, ...(typed === undefined ? {} : { typed }) }
}
