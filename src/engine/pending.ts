import type { Place, Purpose } from '../domain/event.js'
import type { Instant } from '../domain/instant.js'
import type { Json, JsonObject } from '../domain/json.js'
import type { Guardrail, Plan } from '../domain/plan.js'
import type { Actor, Question } from '../domain/question.js'
import type { Outcome, Step, Template } from '../domain/runbook.js'
import { openDo } from './alone.js'
import { againOf, currentStep, visitOf } from './frames.js'
import { decidingQuestion, interruptedQuestion, stepQuestion } from './questions.js'
import type { Frame, IncidentState, Phase, Raised, StepFinished, Terms } from './state.js'

type On = { readonly id: string; readonly frame: string; readonly step: Step; readonly visit: number }

/** What is to be done now, as data. Each command ends with exactly one event of those that the table names. */
export type Command =
  | (On & { readonly do: 'enter' })
  | (On & { readonly do: 'skip'; readonly reason: 'when' | 'limit' })
  | (On & {
      readonly do: 'evaluate'
      readonly purpose: Purpose
      readonly result?: Json | undefined
      /** What a check, an action or another runbook is given, where that is what is evaluated. */
      readonly given?: { readonly [key: string]: Template }
    })
  | (On & {
      readonly do: 'check'
      readonly check: string
      readonly input: JsonObject
      readonly purpose: 'step' | 'verify'
    })
  | (On & { readonly do: 'notify'; readonly text: string })
  | (On & { readonly do: 'ask'; readonly question: Question })
  | (On & { readonly do: 'plan'; readonly action: string; readonly input: JsonObject })
  | (On & {
      readonly do: 'gate'
      readonly plan: Plan
      readonly overridden: readonly Guardrail[]
    })
  | (On & { readonly do: 'confirm'; readonly plan: Plan; readonly terms: Terms })
  | (On & { readonly do: 'apply'; readonly plan: Plan; readonly terms: Terms })
  | (On & { readonly do: 'undo'; readonly plan: Plan; readonly of: readonly Place[] })
  | (On & { readonly do: 'begin-undo'; readonly of: readonly Place[]; readonly by: Actor })
  | (On & { readonly do: 'plan-undo'; readonly of: readonly Place[] })
  | (On & { readonly do: 'confirm-undo'; readonly plan: Plan; readonly of: readonly Place[] })
  | (On & {
      readonly do: 'leave-undo'
      readonly outcome: 'declined' | 'failed' | 'nothing'
      readonly left: readonly string[]
    })
  | { readonly do: 'posture'; readonly id: string; readonly frame: string; readonly raised: Raised }
  | (On & { readonly do: 'timer'; readonly due: Instant; readonly again?: number })
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
 * taken back, also after the end, nothing else has; nor has the runbook while an action is done beside it.
 */
export const pending = (state: IncidentState): readonly Command[] => {
  if (state.status !== 'open' && state.status !== 'ended') return []
  const commands = acting(state).map(frame => command(state, frame))
  return state.raised && commands.length > 0 ? [...commands, posture(state.raised)] : commands
}

/** Those whose turn it is. An undo waits for what is in flight beside it, and nothing else is begun meanwhile. */
const acting = (state: IncidentState): readonly Frame[] => {
  const frames = Object.values(state.frames)
  const undo = frames.filter(({ of }) => of)
  if (undo.length > 0 || state.status !== 'open') return undo
  const doing = openDo(state)
  if (doing) return [doing]
  const asked = frames.find(({ phase }) => phase.at === 'undoing')
  const applying = frames.filter(({ phase }) => phase.at === 'applying')
  if (asked) return applying.length > 0 ? applying : [asked]
  return frames.filter(({ phase }) => phase.at !== 'inside' || isTimed(phase))
}

/** A step whose frames are at work has nothing to do but, where it has a timeout, to wait for that. */
const isTimed = ({ inside }: Phase & { at: 'inside' }): boolean =>
  inside.due !== undefined && inside.stopped === undefined

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

const undoBody = (state: IncidentState, frame: Frame, of: readonly Place[]): Body => {
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
      return { do: 'evaluate', purpose: PREPARED_BY[step.kind], ...givenBy(step) }
    case 'checking':
      return { do: 'check', check: nameOf(step), input: phase.input, purpose: 'step' }
    case 'judging':
      return { do: 'evaluate', purpose: 'expect', result: phase.observed.output }
    case 'retrying':
      return { do: 'timer', due: phase.due, again: phase.looks }
    case 'notifying':
      return { do: 'notify', text: phase.text }
    case 'handing':
      return { do: 'evaluate', purpose: 'with', given: phase.call.with }
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
      return verifying(state, frame, phase)
    case 'waiting':
      return { do: 'timer', due: phase.due }
    case 'closing':
      return { do: 'finish', finished: phase.finished }
    case 'deciding':
      return { do: 'ask', question: decidingQuestion(state, frame, step, phase) }
    case 'undoing':
      return { do: 'begin-undo', of: phase.of, by: phase.by }
    case 'inside':
      return { do: 'timer', due: phase.inside.due ?? '' }
    case 'leaving':
      throw new Error(`nothing is to be done in phase ${phase.at}`)
  }
}

/** The arguments of what a step uses, where it uses something. */
const givenBy = (step: Step): { readonly given?: { readonly [key: string]: Template } } => {
  if (step.kind === 'run') return { given: step.run.with }
  return step.kind === 'check' || step.kind === 'action' ? { given: step.with } : {}
}

const PREPARED_BY = {
  check: 'with',
  action: 'with',
  ask: 'text',
  manual: 'text',
  branch: 'branch',
  notify: 'text',
  each: 'each',
  run: 'with',
  parallel: 'with',
  wait: 'with',
  goto: 'with',
  end: 'with',
} as const satisfies { readonly [K in Step['kind']]: Purpose }

/** The limit counts visits that were made; the one too many goes elsewhere, whatever its `when` would say. */
const arriving = (frame: Frame, step: Step): Body => {
  if (step.limit && (frame.counts[step.id] ?? 0) >= step.limit.visits) return { do: 'skip', reason: 'limit' }
  return step.when === undefined ? { do: 'enter' } : { do: 'evaluate', purpose: 'when' }
}

const verifying = (state: IncidentState, frame: Frame, phase: Phase & { at: 'verifying' }): Body => {
  const { verify } = phase
  const judgedBy = verify.applied ? 'expect' : 'until'
  if (verify.stage === 'preparing')
    return { do: 'evaluate', purpose: 'verify', given: againOf(state, frame).with }
  if (verify.stage === 'judging') return { do: 'evaluate', purpose: judgedBy, result: verify.observed?.output }
  if (verify.stage === 'pausing') return { do: 'timer', due: verify.due ?? verify.since }
  return { do: 'check', check: againOf(state, frame).check, input: verify.input ?? {}, purpose: 'verify' }
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
