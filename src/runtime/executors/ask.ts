import type { Draft } from '../../domain/event.js'
import type { Question } from '../../domain/question.js'
import type { Step } from '../../domain/runbook.js'
import type { Command } from '../../engine/pending.js'
import { questionAt } from '../../engine/questions.js'
import { answered } from '../answered.js'
import type { Deps } from '../deps.js'
import { type Answered, heldUntil, put } from '../put.js'
import { settleAll } from '../settle-all.js'

export const ask = async (
  deps: Deps,
  command: Command & { do: 'ask' },
  withdrawn: AbortSignal,
): Promise<void> => {
  const { frame, step, visit, question } = command
  const place = { frame, step: step.id, visit }
  const said = await put(deps, frame, () => asked(deps, command), withdrawn)
  if (!said) return
  const { answer } = said
  const leaving = question.kind === 'interrupted' && (answer.option === 'abort' || answer.option === 'leave')
  // Nothing is left in doubt behind an incident that ends, or behind an action that is over.
  if (leaving && !(await settleAll(deps, place))) return
  const raising = question.kind === 'ask' ? postureOf(deps, step, said) : undefined
  if (raising) await deps.ledger.append(raising)
  await answered(deps, place, question.id, answer)
}

/** A choice of the runbook may change the posture; what was read beside it is the reason. */
const postureOf = (
  { ledger, clock }: Deps,
  step: Step,
  { question, answer: { option, by } }: Answered,
): Draft | undefined => {
  const to = step.kind === 'ask' ? step.choices.find(({ key }) => key === option)?.posture : undefined
  const label = question.options.find(({ key }) => key === option)?.label ?? option
  const because = `${step.id}: ${label}`
  if (to === undefined || (to === 'conservative' && !ledger.state().raised)) return undefined
  return to === 'conservative'
    ? { type: 'posture.expired', actor: by, data: { by, because } }
    : { type: 'posture.raised', actor: by, data: { to, until: heldUntil(clock), reason: because, by } }
}

/** The question that the frame waits with now, where it is still that one. */
const asked = ({ ledger }: Deps, { frame, question }: Command & { do: 'ask' }): Question | undefined => {
  const state = ledger.state()
  const at = state.frames[frame]
  const now = at && questionAt(state, at)
  return now?.id === question.id ? now : undefined
}
