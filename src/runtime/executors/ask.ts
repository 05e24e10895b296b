import type { Question } from '../../domain/question.js'
import type { Command } from '../../engine/pending.js'
import { questionAt } from '../../engine/questions.js'
import { answered } from '../answered.js'
import type { Deps } from '../deps.js'
import { put } from '../put.js'
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
  const leaving = question.kind === 'interrupted' && answer.option === 'abort'
  // Nothing is left in doubt behind an incident that ends.
  if (leaving && !(await settleAll(deps, place))) return
  await answered(deps, place, question.id, answer)
}

/** The question that the frame waits with now, where it is still that one. */
const asked = ({ ledger }: Deps, { frame, question }: Command & { do: 'ask' }): Question | undefined => {
  const state = ledger.state()
  const at = state.frames[frame]
  const now = at && questionAt(state, at)
  return now?.id === question.id ? now : undefined
}
