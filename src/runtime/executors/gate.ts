import type { EventData } from '../../domain/event.js'
import type { Plan } from '../../domain/plan.js'
import type { Answer, Question } from '../../domain/question.js'
import type { Step } from '../../domain/runbook.js'
import { withheld } from '../../engine/frames.js'
import { gate as decide, type Gate } from '../../engine/gate.js'
import type { Command } from '../../engine/pending.js'
import { limitFor } from '../../fleet/guardrails.js'
import type { Deps } from '../deps.js'
import { put } from '../put.js'

type GateCommand = Command & { do: 'gate' }

/** Who must agree is decided by the engine's gate; here they are asked. */
export const gate = async (deps: Deps, command: GateCommand): Promise<void> => {
  const { frame, step, visit, plan } = command
  const asked = gateOf(deps, step, plan)
  const decision = await decisionOn(deps, command, asked)
  if (!decision) return
  const data = {
    step: step.id,
    visit,
    digest: plan.digest,
    level: asked.level,
    reasons: asked.reasons,
    ...decision,
  }
  await deps.ledger.append({ type: 'gate.decided', frame, actor: decision.by, data })
}

/** Who must agree to that plan of that step, by the fleet's guardrails at the present posture. */
export const gateOf = (deps: Deps, step: Step, plan: Plan): Gate => {
  const posture = deps.ledger.state().opened?.posture ?? 'conservative'
  const maxUnavailable = limitFor(deps.fleet.guardrails.maxUnavailableProxies, posture)
  return decide(plan, step.kind === 'action' ? step.approve : undefined, { maxUnavailable })
}

type Decision = Pick<EventData['gate.decided'], 'decision' | 'by' | 'typed'>

const decisionOn = async (deps: Deps, command: GateCommand, asked: Gate): Promise<Decision | undefined> => {
  // A second person cannot be asked yet, and the first one must not pass for them.
  if (asked.level === 'refused' || asked.level === 'peer') return { decision: 'refused', by: 'engine' }
  if (withheld(deps.ledger.state())) return { decision: 'withheld', by: 'engine' }
  if (asked.level === 'auto') return { decision: 'approved', by: 'engine' }
  const question = questionFor(command, asked)
  const answer = await put(deps, command.frame, question)
  return answer ? verdict(question, answer) : undefined
}

/** A typed gate passes only by the exact word; anything else is a decline, whoever answered. */
const verdict = (question: Question, { option, by, typed }: Answer): Decision => {
  const agreed = option === 'approve' && (question.type === undefined || typed === question.type.word)
  return { decision: agreed ? 'approved' : 'declined', by, ...(typed === undefined ? {} : { typed }) }
}

const questionFor = (command: GateCommand, { level, reasons }: Gate): Question => {
  const { frame, step, visit, plan, differences } = command
  const changed = differences.length > 0 ? `The plan changed while it waited: ${differences.join('; ')}. ` : ''
  return {
    id: `${frame}:${step.id}#${visit}:gate:${plan.digest.slice(0, 12)}`,
    kind: 'gate',
    step: step.id,
    visit,
    title: step.title ?? step.id,
    text: `${changed}Carry out this plan?`,
    options: [
      { key: 'approve', label: 'Carry it out as shown', recommended: true },
      { key: 'decline', label: 'Do nothing here', recommended: false },
    ],
    ...(level === 'typed' ? { type: { option: 'approve', word: plan.confirm } } : {}),
    gate: { level, reasons, plan },
  }
}
