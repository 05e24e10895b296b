import type { Draft } from '../../domain/event.js'
import { formatFidelity } from '../../engine/fidelity.js'
import { withheld } from '../../engine/frames.js'
import type { Command } from '../../engine/pending.js'
import type { Deps } from '../deps.js'
import { letGo } from '../locked-for.js'

export const enter = async ({ ledger }: Deps, command: Command & { do: 'enter' }): Promise<void> => {
  const { frame, step, visit } = command
  const title = step.title ?? step.id
  await ledger.append({
    type: 'step.entered',
    frame,
    data: {
      step: step.id,
      visit,
      kind: step.kind,
      title,
      ...(step.phase === undefined ? {} : { phase: step.phase }),
    },
  })
}

export const skip = ({ ledger }: Deps, command: Command & { do: 'skip' }): Promise<void> => {
  const { frame, step, visit, reason } = command
  return ledger.append({ type: 'step.skipped', frame, data: { step: step.id, visit, reason } })
}

export const finish = ({ ledger }: Deps, command: Command & { do: 'finish' }): Promise<void> =>
  ledger.append({ type: 'step.finished', frame: command.frame, data: command.finished })

/** A withheld run never says that an incident ended: nothing happened. */
export const end = async (deps: Deps, command: Command & { do: 'end' }): Promise<void> => {
  const { ledger } = deps
  const { frame, outcome, because } = command
  await letGo(deps)
  const state = ledger.state()
  const ended: Draft = withheld(state)
    ? { type: 'dry_run.ended', frame, data: { outcome, because, fidelity: formatFidelity(state) } }
    : { type: 'incident.ended', frame, data: { outcome, because } }
  await ledger.append(ended)
}
