import type { Event, EventData } from '../domain/event.js'
import type { Plan } from '../domain/plan.js'
import { VERB, type Verb } from '../domain/question.js'
import type { Step } from '../domain/runbook.js'
import { stepOf, stepsOf, visitOf, withheld } from './frames.js'
import { isChoiceAt, questionAt } from './questions.js'
import type { Frame, IncidentState } from './state.js'
import { isMove } from './verbs.js'

/** An event of another step, visit, question or plan than the one that the frame stands on belongs to the past. */
export const belongs = (state: IncidentState, frame: Frame, event: Event): boolean =>
  isOfThisVisit(state, frame, event) && isWhatIsWaitedFor(state, frame, event)

const isOfThisVisit = (state: IncidentState, frame: Frame, event: Event): boolean => {
  if (!('step' in event.data)) return true
  const step = stepOf(state, frame)
  if (!step || event.data.step !== step.id) return false
  const arriving =
    frame.phase.at === 'arriving' || frame.phase.at === 'admitted' || frame.phase.at === 'passing'
  return event.data.visit === visitOf(frame, step) + (arriving ? 1 : 0)
}

/** An answer is one of those offered, consent is to the plan that was shown, and a withheld run neither consents nor ends an incident. */
const isWhatIsWaitedFor = (state: IncidentState, frame: Frame, event: Event): boolean => {
  switch (event.type) {
    case 'question.answered': {
      const { data } = event
      if (isChoiceAt(state, frame, data)) return true
      const question = questionAt(state, frame)
      if (question?.id !== data.question) return false
      // What a gate's own options decide is on record as `gate.decided`, with the plan that was shown.
      const chosen = frame.phase.at !== 'gating' && question.options.some(({ key }) => key === data.option)
      return chosen || isVerbHere(stepsOf(state, frame), question.verbs, data)
    }
    case 'gate.decided':
      return isOfThisPlan(frame, event.data.digest) && event.data.decision !== notHere(state, frame)
    case 'guardrail.overridden':
    case 'apply.started':
      return isOfThisPlan(frame, event.data.digest)
    case 'incident.ended':
      return !withheld(state)
    case 'dry_run.ended':
      return withheld(state)
    default:
      return true
  }
}

/** A verb that moves on is on record with its reason, and a jump leads to a step that there is. */
const isVerbHere = (
  steps: readonly Step[],
  verbs: readonly Verb[],
  { option, reason, to }: EventData['question.answered'],
): boolean => {
  const verb = verbs.find(({ key }) => key === option)
  if (!verb || !isMove(option)) return false
  const known = option !== VERB.jump || steps.some(({ id }) => id === to)
  return known && (!verb.details.some(({ field }) => field === 'reason') || Boolean(reason?.trim()))
}

const isOfThisPlan = ({ phase }: Frame, digest: string): boolean =>
  'plan' in phase && phase.plan.digest === digest

/** In a drill, what no drill can simulate is withheld, too. */
export const holdsBack = (state: IncidentState, plan: Plan): boolean =>
  withheld(state) || (plan.outside === true && state.opened?.mode.fleet === 'simulated')

const notHere = (state: IncidentState, { phase }: Frame) =>
  'plan' in phase && holdsBack(state, phase.plan) ? 'approved' : 'withheld'
