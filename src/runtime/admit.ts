import { formatDuration } from '../domain/duration.js'
import { placeKey } from '../domain/event.js'
import { epochMs } from '../domain/instant.js'
import type { Question } from '../domain/question.js'
import { type Failure, failure } from '../domain/result.js'
import { currentStep, frameAt } from '../engine/frames.js'
import { budgetQuestion } from '../engine/questions.js'
import type { IncidentState, Terms } from '../engine/state.js'
import { limitFor } from '../fleet/guardrails.js'
import { answered } from './answered.js'
import { checkFloor, type FloorCheck } from './floor.js'
import type { OpRun } from './op-run.js'
import { put } from './put.js'
import { checkRate } from './rate.js'

/** May an op start? `left`: nobody said. */
export type Admission =
  | 'left'
  | { readonly refusal: Failure | undefined; readonly requests: FloorCheck['requests'] }

/** Budget, rates and floor, before every op: an undo needs no budget, and a look takes and spends nothing. */
export const admit = async (run: OpRun, terms: Terms | undefined): Promise<Admission> => {
  const { deps, undoes, args, behaviour, ref } = run
  if (undoes === undefined && terms && !(await isWithinBudget(run, terms))) {
    if (deps.stop.reason() !== undefined || !deps.ledger.state().exhausted) return 'left'
    return { refusal: exhausted(), requests: {} }
  }
  // After the budget: to ask about it takes its time.
  const over = undoes === undefined && terms ? overFor(run, terms) : undefined
  if (over) return { refusal: over, requests: {} }
  const spent = await checkRate(run, terms)
  if (spent) return { refusal: spent, requests: {} }
  const takes = behaviour.takes?.(args)
  if (!takes || terms?.overridden.includes('min_healthy')) return { refusal: undefined, requests: {} }
  return checkFloor(deps, ref.op, takes)
}

/** The step may begin nothing more: something beside it has failed, or its time is over. */
const overFor = ({ deps, place, tidies }: OpRun, { since }: Terms): Failure | undefined => {
  if (tidies) return undefined
  const state = deps.ledger.state()
  const frame = frameAt(state, place.frame)
  if (frame.stopping !== undefined)
    return failure('op.stopped', `stopped: ${frame.stopping}`, 'see what failed beside it')
  const step = currentStep(state, frame)
  const timeout = step.kind === 'action' ? step.timeout : undefined
  if (timeout === undefined || since === undefined || deps.clock.now() < epochMs(since) + timeout)
    return undefined
  return failure(
    'op.late',
    `its timeout of ${formatDuration(timeout)} is over, and nothing more is begun`,
    'see what is done already, then visit the step again or undo it',
  )
}

/** True unless something beside the step has failed. Asked once more when the op is written down: that comes later. */
export const mayBegin = ({ place, tidies, undoes }: OpRun, state: IncidentState): boolean =>
  tidies === true || undoes !== undefined || frameAt(state, place.frame).stopping === undefined

const exhausted = (): Failure =>
  failure(
    'budget.exhausted',
    'the failure budget is exhausted, and was not renewed',
    'find out why our operations fail before visiting the step again',
  )

/** True where there is budget, or where the operator grants a new one. */
const isWithinBudget = async (
  { deps, place }: Pick<OpRun, 'deps' | 'place'>,
  { posture }: Pick<Terms, 'posture'>,
): Promise<boolean> => {
  const { ledger, fleet } = deps
  const { frame, step, visit } = place
  const limit = limitFor(fleet.guardrails.failures, posture)
  const { failures, exhausted: known } = ledger.state()
  if (!known && failures < limit) return true
  if (!known) await ledger.append({ type: 'budget.exhausted', frame, data: { step, visit, failures, limit } })
  if (ledger.state().exhausted?.stopped === placeKey(place)) return false
  const ask = () => asked(ledger.state(), frame)
  if (!ask()) return true // granted meanwhile, or nothing is begun here any more
  const said = await put(deps, frame, ask)
  if (!said) return deps.stop.reason() === undefined ? isWithinBudget({ deps, place }, { posture }) : false
  await answered(deps, place, said.question.id, said.answer)
  return said.answer.option === 'continue'
}

const asked = (state: IncidentState, frame: string): Question | undefined => {
  const at = state.frames[frame]
  return at && at.stopping === undefined ? budgetQuestion(state, at, currentStep(state, at)) : undefined
}
