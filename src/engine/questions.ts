// The questions that the engine itself puts: what is asked, and what can be answered.

import { type EventData, isSamePlace, isWithin } from '../domain/event.js'
import type { Plan } from '../domain/plan.js'
import type { Option, Question } from '../domain/question.js'
import type { Step } from '../domain/runbook.js'
import { valuesOf } from '../domain/table.js'
import { currentStep, parentOf, placeOf, stepOf, visitOf } from './frames.js'
import type { Gate } from './gate.js'
import { aboutWords, placeWords } from './places.js'
import type { Frame, IncidentState, OpState, Phase, StepFinished } from './state.js'
import { isBeingUndone, undoList } from './undo.js'
import { overrideVerb, postureWords, SIDE_VERBS, verbsAt } from './verbs.js'

const option = (key: string, label: string, recommended = false): Option => ({ key, label, recommended })

/** The question that a frame waits for an answer to; undefined where it waits for none. */
export const questionAt = (state: IncidentState, frame: Frame): Question | undefined => {
  const step = stepOf(state, frame)
  const { phase } = frame
  if (!step) return undefined
  switch (phase.at) {
    case 'asking':
      return stepQuestion(state, frame, step, phase)
    case 'gating':
      return gateQuestion(state, frame, step, { level: 'operator', reasons: [], guardrails: [] })
    case 'applying':
      return budgetQuestion(state, frame, step)
    case 'interrupted':
      return interruptedQuestion(state, frame, step, phase)
    case 'deciding':
      return decidingQuestion(state, frame, step, phase)
    default:
      return undefined
  }
}

export const stepQuestion = (
  state: IncidentState,
  frame: Frame,
  step: Step,
  phase: Phase & { at: 'asking' },
): Question => {
  const options =
    step.kind === 'ask'
      ? step.choices.map(({ key, recommended, posture }) =>
          option(key, `${phase.labels[key] ?? key}${postureWords(posture)}`, recommended),
        )
      : MANUAL
  return {
    ...about(state, frame, step, askedBy(step)),
    text: phase.text,
    options,
    verbs: verbsAt(state, frame, options),
  }
}

/**
 * Whether a step's own question is answered with one of its own options. So are most: a replay of a long journal is
 * spared the words of the question and the verbs beside it.
 */
export const isChoiceAt = (
  state: IncidentState,
  frame: Frame,
  { question, option }: Pick<EventData['question.answered'], 'question' | 'option'>,
): boolean => {
  const step = stepOf(state, frame)
  if (!step || frame.phase.at !== 'asking' || question !== questionId(frame, step, askedBy(step))) return false
  return (step.kind === 'ask' ? step.choices : MANUAL).some(({ key }) => key === option)
}

const askedBy = (step: Step): Question['kind'] => (step.kind === 'ask' ? 'ask' : 'manual')

const MANUAL: readonly Option[] = [option('done', 'It is done', true), option('cannot', 'It cannot be done')]

/** Consent to the plan at the gate. One that a guardrail refuses can be declined, or the guardrail overridden. */
export const gateQuestion = (state: IncidentState, frame: Frame, step: Step, gate: Gate): Question => {
  const { phase } = frame
  if (phase.at !== 'gating') throw new Error(`no plan waits in phase ${phase.at}`)
  const { plan, differences } = phase
  const changed = differences.length > 0 ? `The plan changed while it waited: ${differences.join('; ')}. ` : ''
  const refused = gate.level === 'refused'
  const options = [
    ...(refused ? [] : [option('approve', 'Carry it out as shown', true)]),
    option('decline', 'Do nothing here', refused),
  ]
  const overrides = refused ? [overrideVerb(gate.guardrails, plan.confirm)] : []
  return {
    ...about(state, frame, step, 'gate'),
    id: gateId(frame, step, plan),
    text: refused ? `${changed}This plan is refused. What now?` : `${changed}Carry out this plan?`,
    options,
    verbs: [...overrides, ...verbsAt(state, frame, options)],
    ...(gate.level === 'typed' ? { type: { option: 'approve', word: plan.confirm } } : {}),
    gate: { ...gate, plan },
  }
}

const gateId = (frame: Frame, step: Step, { digest }: Plan): string =>
  `${frame.path}:${step.id}#${visitOf(frame, step)}:gate:${digest.slice(0, 12)}`

/** Too many of our own ops failed: whether to go on is not ours to say. Undefined while there is budget left. */
export const budgetQuestion = (state: IncidentState, frame: Frame, step: Step): Question | undefined => {
  const { exhausted } = state
  if (!exhausted) return undefined
  return {
    ...about(state, frame, step, 'budget'),
    text: `${exhausted.failures} of our own operations failed; the failure budget is ${exhausted.limit}. Something is not as we think. Go on with this plan?`,
    options: [
      option('stop', 'Start nothing more of this plan', true),
      option('continue', 'Go on, with a new budget'),
    ],
    verbs: SIDE_VERBS,
  }
}

/** After a crash inside an apply: nothing goes on by itself. */
export const interruptedQuestion = (
  state: IncidentState,
  frame: Frame,
  step: Step,
  { terms }: Phase & { at: 'interrupted' },
): Question => {
  const place = placeOf(frame, step)
  const ops = valuesOf(state.ops).filter(op =>
    frame.of ? op.undoes !== undefined && frame.of.some(of => isWithin(op, of)) : isSamePlace(op, place),
  )
  const doubtful = ops.filter(({ status }) => status === 'started').map(({ op }) => op)
  const done = ops.filter(({ status }) => status === 'finished').length
  const doubt = doubtful.length > 0 ? ` In doubt, and looked up first: ${doubtful.join(', ')}.` : ''
  const other =
    terms.tool === state.tool ? '' : ` It was begun by firebreak ${terms.tool}; this is ${state.tool}.`
  const text = `firebreak stopped in the middle of this action. ${done} of its ops are done.${doubt}${other}`
  if (frame.of)
    return {
      ...about(state, frame, step, 'interrupted'),
      text: `${text} How to go on?`,
      options: [
        option('continue', 'Go on with this undo', true),
        option('stop', 'Leave it as it is; what still stands is listed'),
      ],
      verbs: SIDE_VERBS,
    }
  const back = isBeingUndone(state, place)
  return {
    ...about(state, frame, step, 'interrupted'),
    text: `${text}${beside(frame)}${takenBack(state, frame, step)} How to go on?`,
    options: [
      // What was partly taken back cannot go on as if it had not been.
      ...(back ? [] : [option('continue', 'Go on with the same plan', true)]),
      option('undo', 'Undo what was done', back),
      frame.doing
        ? option('leave', 'Leave it as it is; the incident goes on')
        : option('abort', 'Leave it as it is and end the incident'),
    ],
    verbs: SIDE_VERBS,
  }
}

export const decidingQuestion = (
  state: IncidentState,
  frame: Frame,
  step: Step,
  phase: Phase & { at: 'deciding' },
): Question => {
  const { finished, undoable } = phase
  const { failure, summary } = finished
  const why = failure ? `${sentence(failure.message)} ${sentence(failure.next)}` : sentence(summary)
  if (finished.outcome === 'inconclusive')
    return {
      ...about(state, frame, step, 'inconclusive'),
      text: `The check could not tell: ${why}`,
      options: UNCLEAR,
      verbs: verbsAt(state, frame, UNCLEAR),
    }
  const options = [
    ...(undoable ? [option('undo', 'Undo what this step did')] : []),
    option('retry', 'Visit the step again, with a new plan'),
    option('continue', 'Go on to the next step as it stands'),
    ...givingUp(state, frame),
    option('abort', 'End the incident here'),
  ]
  return {
    ...about(state, frame, step, 'failed'),
    text: `${outcomeWords(finished)}: ${why}${undoable ? takenBack(state, frame, step) : ''}`,
    options,
    verbs: verbsAt(state, frame, options),
  }
}

/** Inside another step there is a way out between going on and ending it all. */
const givingUp = (state: IncidentState, frame: Frame): readonly Option[] => {
  const parent = parentOf(state, frame)
  if (!parent || frame.of) return []
  const around = currentStep(state, parent)
  return [
    option('leave', `Give this part up as failed: ${around.title ?? around.id} goes on by its on_failure`),
  ]
}

/** What fails beside it keeps it from beginning anything new. */
const beside = ({ stopping }: Frame): string =>
  stopping === undefined
    ? ''
    : ` Beside it, ${sentence(stopping)} Nothing new is begun in it, however it goes on.`

/** What undo would take back, newest first, and what it could not: it is said before it can be chosen. */
const takenBack = (state: IncidentState, frame: Frame, step: Step): string => {
  const ops = undoList(state, placeOf(frame, step)).filter(({ look }) => !look)
  const named = (some: readonly OpState[]) => counted(some.map(({ kind, target }) => `${kind} ${target}`))
  const back = ops.filter(({ irreversible }) => !irreversible)
  const final = ops.filter(({ irreversible }) => irreversible)
  const words = back.length === 0 ? '' : ` Undo takes back, newest first: ${named(back)}.`
  return final.length === 0 ? words : `${words} Nothing takes back: ${named(final)}.`
}

/** What stands several times in a row is said once, with its number. */
const counted = (names: readonly string[]): string => {
  const runs: { name: string; times: number }[] = []
  for (const name of names) {
    const last = runs.at(-1)
    if (last?.name === name) last.times += 1
    else runs.push({ name, times: 1 })
  }
  return runs.map(({ name, times }) => (times === 1 ? name : `${name} (${times} times)`)).join(', ')
}

const sentence = (text: string): string => `${text.replace(/[.\s]+$/, '')}.`

const UNCLEAR: readonly Option[] = [
  option('retry', 'Look again'),
  option('pass', 'I have looked myself: it passes'),
  option('fail', 'I have looked myself: it fails'),
  option('abort', 'End the incident here'),
]

const outcomeWords = ({ outcome, failure }: StepFinished): string =>
  failure?.code === 'plan.not-now' ? 'Not possible now' : (OUTCOME_WORDS[outcome] ?? outcome)

const OUTCOME_WORDS: { readonly [outcome: string]: string } = {
  failed: 'The step failed',
  declined: 'The plan was declined',
  refused: 'A guardrail refuses the plan',
  undone: 'Undone',
}

const about = (
  state: IncidentState,
  frame: Frame,
  step: Step,
  kind: Question['kind'],
): Pick<Question, 'id' | 'kind' | 'step' | 'visit' | 'title'> => ({
  id: questionId(frame, step, kind),
  kind,
  step: step.id,
  visit: visitOf(frame, step),
  title: `${aboutWords(state, frame)}${titleOf(frame, step)}`,
})

const questionId = (frame: Frame, step: Step, kind: Question['kind']): string =>
  `${frame.path}:${step.id}#${visitOf(frame, step)}:${kind}`

/** Side by side several undos may have been asked for: it is said whose this is. */
const titleOf = ({ of }: Frame, step: Step): string =>
  of === undefined
    ? (step.title ?? step.id)
    : `Take back what ${of.map(place => placeWords(place.frame, place.step)).join(', ')} did`

/** How often that kind of question of that step was answered: an answers file may hold one answer for each. */
export const answeredBefore = (state: IncidentState, { step, kind }: Pick<Question, 'step' | 'kind'>): number =>
  state.answered[`${step}:${kind}`] ?? 0

/** `main:replace#1:failed` is a question of the kind `failed`. */
export const countAnswer = (state: IncidentState, { step, question }: EventData['question.answered']) => {
  const key = `${step}:${question.split(':')[2]}`
  return { ...state, answered: { ...state.answered, [key]: (state.answered[key] ?? 0) + 1 } }
}
