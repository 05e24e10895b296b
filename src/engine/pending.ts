import type { Purpose, Visit } from '../domain/event.js'
import type { Instant } from '../domain/instant.js'
import type { Json, JsonObject } from '../domain/json.js'
import type { Guardrail, Plan } from '../domain/plan.js'
import type { Actor, Question } from '../domain/question.js'
import type { Outcome, Step } from '../domain/runbook.js'
import { currentStep, runbookOf, visitOf } from './frames.js'
import { decidingQuestion, interruptedQuestion, stepQuestion } from './questions.js'
import type { Frame, IncidentState, Phase, Raised, StepFinished, Terms } from './state.js'

type On = { readonly id: string; readonly frame: string; readonly step: Step; readonly visit: number }

/** What is to be done now, as data. Each command ends with exactly one event of those that the table names. */
export type Command =
  | (On & { readonly do: 'enter' })
  | (On & { readonly do: 'skip'; readonly reason: 'when' | 'limit' })
  | (On & { readonly do: 'evaluate'; readonly purpose: Purpose; readonly result?: Json | undefined })
  | (On & {
      readonly do: 'check'
      readonly check: string
      readonly input: JsonObject
      readonly purpose: 'step' | 'verify'
    })
  | (On & { readonly do: 'ask'; readonly question: Question })
  | (On & { readonly do: 'plan'; readonly action: string; readonly input: JsonObject })
  | (On & {
      readonly do: 'gate'
      readonly plan: Plan
      readonly overridden: readonly Guardrail[]
    })
  | (On & { readonly do: 'confirm'; readonly plan: Plan; readonly terms: Terms })
  | (On & { readonly do: 'apply'; readonly plan: Plan; readonly terms: Terms })
  | (On & { readonly do: 'undo'; readonly plan: Plan; readonly of: readonly Visit[] })
  | (On & { readonly do: 'begin-undo'; readonly of: readonly Visit[]; readonly by: Actor })
  | (On & { readonly do: 'plan-undo'; readonly of: readonly Visit[] })
  | (On & { readonly do: 'confirm-undo'; readonly plan: Plan; readonly of: readonly Visit[] })
  | (On & {
      readonly do: 'leave-undo'
      readonly outcome: 'declined' | 'failed' | 'nothing'
      readonly left: readonly string[]
    })
  | { readonly do: 'posture'; readonly id: string; readonly frame: string; readonly raised: Raised }
  | (On & { readonly do: 'timer'; readonly due: Instant })
  | (On & { readonly do: 'finish'; readonly finished: StepFinished })
  | {
      readonly do: 'end'
      readonly id: string
      readonly frame: string
      readonly outcome: Outcome
      readonly because: string
    }

/**
 * Commands for every frame that has something to do. A paused incident has nothing to do; while something is
 * taken back, also after the end, nothing else has.
 */
export const pending = (state: IncidentState): readonly Command[] => {
  if (state.status !== 'open' && state.status !== 'ended') return []
  const frames = Object.values(state.frames)
  const undoing = frames.filter(({ of }) => of)
  const acting = undoing.length > 0 ? undoing : frames.filter(() => state.status === 'open')
  const commands = acting.map(frame => command(state, frame))
  return state.raised && commands.length > 0 ? [...commands, posture(state.raised)] : commands
}

/** Beside all frames: whoever acts faster is asked whether that still holds. */
const posture = (raised: Raised): Command => ({
  do: 'posture',
  id: `posture:${raised.until}`,
  frame: 'posture',
  raised,
})

const command = (state: IncidentState, frame: Frame): Command => {
  const { phase } = frame
  if (phase.at === 'over')
    return {
      do: 'end',
      id: `${frame.path}:end`,
      frame: frame.path,
      outcome: phase.outcome,
      because: phase.because,
    }
  const step = currentStep(state, frame)
  const what = frame.of ? undoBody(state, frame, frame.of) : body(state, frame, step, phase)
  return { ...on(frame, step), ...what }
}

/** A command without the place it belongs to. `Omit` alone would merge the union. */
type Body = Command extends infer C ? (C extends On ? Omit<C, keyof On> : never) : never

const undoBody = (state: IncidentState, frame: Frame, of: readonly Visit[]): Body => {
  const { phase } = frame
  switch (phase.at) {
    case 'planning':
      return { do: 'plan-undo', of }
    case 'gating':
      return { do: 'gate', plan: phase.plan, overridden: phase.overridden }
    case 'confirming':
      return { do: 'confirm-undo', plan: phase.plan, of }
    case 'applying':
      return { do: 'undo', plan: phase.plan, of }
    case 'interrupted':
      return { do: 'ask', question: interruptedQuestion(state, frame, currentStep(state, frame), phase) }
    case 'leaving':
      return { do: 'leave-undo', outcome: phase.outcome, left: phase.left }
    default:
      throw new Error(`an undo is never in phase ${phase.at}`)
  }
}

const body = (state: IncidentState, frame: Frame, step: Step, phase: Exclude<Phase, { at: 'over' }>): Body => {
  switch (phase.at) {
    case 'arriving':
      return arriving(frame, step)
    case 'admitted':
      return { do: 'enter' }
    case 'passing':
      return { do: 'skip', reason: phase.reason }
    case 'preparing':
      return { do: 'evaluate', purpose: PREPARED_BY[step.kind] }
    case 'checking':
      return { do: 'check', check: nameOf(step), input: phase.input, purpose: 'step' }
    case 'judging':
      return { do: 'evaluate', purpose: 'expect', result: phase.observed.output }
    case 'asking':
      return { do: 'ask', question: stepQuestion(state, frame, step, phase) }
    case 'planning':
      return { do: 'plan', action: nameOf(step), input: phase.input }
    case 'gating':
      return { do: 'gate', plan: phase.plan, overridden: phase.overridden }
    case 'confirming':
      return { do: 'confirm', plan: phase.plan, terms: phase.terms }
    case 'applying':
      return { do: 'apply', plan: phase.plan, terms: phase.terms }
    case 'interrupted':
      return { do: 'ask', question: interruptedQuestion(state, frame, step, phase) }
    case 'verifying':
      return verifying(state, step, phase)
    case 'waiting':
      return { do: 'timer', due: phase.due }
    case 'closing':
      return { do: 'finish', finished: phase.finished }
    case 'deciding':
      return { do: 'ask', question: decidingQuestion(state, frame, step, phase) }
    case 'undoing':
      return { do: 'begin-undo', of: phase.of, by: phase.by }
    case 'leaving':
      throw new Error('only an undo leaves')
  }
}

const PREPARED_BY = {
  check: 'with',
  action: 'with',
  ask: 'text',
  manual: 'text',
  branch: 'branch',
  wait: 'with',
  goto: 'with',
  end: 'with',
} as const satisfies { readonly [K in Step['kind']]: Purpose }

/** The limit counts visits that were made; the one too many goes elsewhere, whatever its `when` would say. */
const arriving = (frame: Frame, step: Step): Body => {
  if (step.limit && (frame.counts[step.id] ?? 0) >= step.limit.visits) return { do: 'skip', reason: 'limit' }
  return step.when === undefined ? { do: 'enter' } : { do: 'evaluate', purpose: 'when' }
}

const verifying = (state: IncidentState, step: Step, phase: Phase & { at: 'verifying' }): Body => {
  const { verify } = phase
  if (verify.stage === 'preparing') return { do: 'evaluate', purpose: 'verify' }
  if (verify.stage === 'judging') return { do: 'evaluate', purpose: 'expect', result: verify.observed?.output }
  if (verify.stage === 'pausing') return { do: 'timer', due: verify.due ?? verify.since }
  return { do: 'check', check: nameOf(againOf(state, step)), input: verify.input ?? {}, purpose: 'verify' }
}

/** The check step that a verification looks at again. */
export const againOf = (state: IncidentState, step: Step): Step => {
  const again = step.kind === 'action' ? step.verify?.again : undefined
  const found = runbookOf(state).steps.find(({ id }) => id === again)
  if (!found) throw new Error(`step ${step.id} verifies a step that does not exist`)
  return found
}

const nameOf = (step: Step): string => {
  if (step.kind === 'check') return step.check
  if (step.kind === 'action') return step.action
  throw new Error(`step ${step.id} is neither check nor action`)
}

/** The visit that a command is about: while arriving, the one to come. */
const on = (frame: Frame, step: Step): On => {
  const arrivingNow =
    frame.phase.at === 'arriving' || frame.phase.at === 'admitted' || frame.phase.at === 'passing'
  const visit = visitOf(frame, step) + (arrivingNow ? 1 : 0)
  return { id: `${frame.path}:${step.id}#${visit}:${stageOf(frame.phase)}`, frame: frame.path, step, visit }
}

const stageOf = (phase: Phase): string =>
  phase.at === 'verifying' ? `verifying.${phase.verify.stage}` : phase.at
