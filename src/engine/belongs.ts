import type { Event } from '../domain/event.js'
import { stepOf, visitOf, withheld } from './frames.js'
import { questionAt } from './questions.js'
import type { Frame, IncidentState } from './state.js'

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
      const question = questionAt(state, frame)
      const { data } = event
      return question?.id === data.question && question.options.some(({ key }) => key === data.option)
    }
    case 'gate.decided':
      return isOfThisPlan(frame, event.data.digest) && event.data.decision !== notHere(state)
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

const isOfThisPlan = ({ phase }: Frame, digest: string): boolean =>
  'plan' in phase && phase.plan.digest === digest

const notHere = (state: IncidentState) => (withheld(state) ? 'approved' : 'withheld')
