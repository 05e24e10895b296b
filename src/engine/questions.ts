// The questions that the engine itself puts: what is asked, and what can be answered.

import type { Option, Question } from '../domain/question.js'
import type { Step } from '../domain/runbook.js'
import { stepOf, visitOf } from './frames.js'
import type { Frame, IncidentState, Phase } from './state.js'
import { undoList } from './undo.js'

const option = (key: string, label: string, recommended = false): Option => ({ key, label, recommended })

/** The question that a frame waits for an answer to; undefined where it waits for none. */
export const questionAt = (state: IncidentState, frame: Frame): Question | undefined => {
  const step = stepOf(state, frame)
  const { phase } = frame
  if (!step) return undefined
  switch (phase.at) {
    case 'asking':
      return stepQuestion(frame, step, phase)
    case 'interrupted':
      return interruptedQuestion(state, frame, step)
    case 'deciding':
      return decidingQuestion(state, frame, step, phase)
    default:
      return undefined
  }
}

export const stepQuestion = (frame: Frame, step: Step, phase: Phase & { at: 'asking' }): Question => {
  const options =
    step.kind === 'ask'
      ? step.choices.map(({ key, recommended }) => option(key, phase.labels[key] ?? key, recommended))
      : [option('done', 'It is done', true), option('cannot', 'It cannot be done')]
  return { ...about(frame, step, step.kind === 'ask' ? 'ask' : 'manual'), text: phase.text, options }
}

/** After a crash inside an apply: nothing goes on by itself. */
export const interruptedQuestion = (state: IncidentState, frame: Frame, step: Step): Question => {
  const ops = Object.values(state.ops).filter(op => op.step === step.id && op.visit === visitOf(frame, step))
  const doubtful = ops.filter(({ status }) => status === 'started').map(({ op }) => op)
  const done = ops.filter(({ status }) => status === 'finished').length
  const doubt = doubtful.length > 0 ? ` In doubt, and looked up first: ${doubtful.join(', ')}.` : ''
  const back = takenBack(state, frame, step)
  return {
    ...about(frame, step, 'interrupted'),
    text: `firebreak stopped in the middle of this action. ${done} of its ops are done.${doubt}${back} How to go on?`,
    options: [
      option('continue', 'Go on with the same plan', true),
      option('undo', 'Undo what was done'),
      option('abort', 'Leave it as it is and end the incident'),
    ],
  }
}

export const decidingQuestion = (
  state: IncidentState,
  frame: Frame,
  step: Step,
  phase: Phase & { at: 'deciding' },
): Question => {
  const { finished, undoable } = phase
  const why = finished.failure ? `${finished.failure.message}. ${finished.failure.next}.` : finished.summary
  if (finished.outcome === 'inconclusive')
    return { ...about(frame, step, 'inconclusive'), text: `The check could not tell: ${why}`, options: UNCLEAR }
  const wantsUndo = 'onFailure' in step && step.onFailure.do === 'undo'
  return {
    ...about(frame, step, 'failed'),
    text: `${OUTCOME_WORDS[finished.outcome] ?? finished.outcome}: ${why}${undoable ? takenBack(state, frame, step) : ''}`,
    options: [
      ...(undoable ? [option('undo', 'Undo what this step did', wantsUndo)] : []),
      option('retry', 'Visit the step again, with a new plan'),
      option('continue', 'Go on to the next step as it stands'),
      option('abort', 'End the incident here'),
    ],
  }
}

/** What undo would take back, newest first: it is said before it can be chosen. */
const takenBack = (state: IncidentState, frame: Frame, step: Step): string => {
  const ops = undoList(state, { step: step.id, visit: visitOf(frame, step) }).filter(({ look }) => !look)
  return ops.length === 0
    ? ''
    : ` Undo takes back, newest first: ${ops.map(({ kind, target }) => `${kind} ${target}`).join(', ')}.`
}

const UNCLEAR: readonly Option[] = [
  option('retry', 'Look again'),
  option('pass', 'I have looked myself: it passes'),
  option('fail', 'I have looked myself: it fails'),
  option('abort', 'End the incident here'),
]

const OUTCOME_WORDS: { readonly [outcome: string]: string } = {
  failed: 'The step failed',
  declined: 'The plan was declined',
  refused: 'A guardrail refuses the plan',
  undone: 'Undone',
}

const about = (
  frame: Frame,
  step: Step,
  kind: Question['kind'],
): Pick<Question, 'id' | 'kind' | 'step' | 'visit' | 'title'> => ({
  id: `${frame.path}:${step.id}#${visitOf(frame, step)}:${kind}`,
  kind,
  step: step.id,
  visit: visitOf(frame, step),
  title: step.title ?? step.id,
})
