import type { Command } from '../../engine/pending.js'
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
  const answer = await put(deps, frame, question, withdrawn)
  if (!answer) return
  const leaving = question.kind === 'interrupted' && answer.option === 'abort'
  // Nothing is left in doubt behind an incident that ends.
  if (leaving && !(await settleAll(deps, place))) return
  await answered(deps, place, question.id, answer)
}
