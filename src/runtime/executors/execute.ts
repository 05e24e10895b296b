import type { Command } from '../../engine/pending.js'
import type { Deps } from '../deps.js'
import { apply } from './apply.js'
import { ask } from './ask.js'
import { check } from './check.js'
import { evaluate } from './evaluate.js'
import { gate } from './gate.js'
import { notify } from './notify.js'
import { confirm, plan } from './plan.js'
import { posture } from './posture.js'
import { end, enter, finish, skip } from './step.js'
import { timer } from './timer.js'
import { beginUndo, confirmUndo, leaveUndo, planUndo, undo } from './undo.js'

type Executors = {
  readonly [D in Command['do']]: (
    deps: Deps,
    command: Command & { do: D },
    withdrawn: AbortSignal,
  ) => Promise<void>
}

/** One executor per command; each appends exactly one completing event, or none where it was asked to stop. */
const EXECUTORS: Executors = {
  enter,
  skip,
  evaluate,
  check,
  notify,
  ask,
  plan,
  gate,
  confirm,
  apply,
  undo,
  'begin-undo': beginUndo,
  'plan-undo': planUndo,
  'confirm-undo': confirmUndo,
  'leave-undo': leaveUndo,
  posture,
  timer,
  finish,
  end,
}

export const execute = (deps: Deps, command: Command, withdrawn: AbortSignal): Promise<void> => {
  // The executor found by the command's name takes this very command; TypeScript cannot pair the two unions.
  const executor = EXECUTORS[command.do] as (
    deps: Deps,
    command: Command,
    withdrawn: AbortSignal,
  ) => Promise<void>
  return executor(deps, command, withdrawn)
}
