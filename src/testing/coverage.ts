import type { Event } from '../domain/event.js'
import { everyStep, type Runbook, type Step } from '../domain/runbook.js'
import { ownFrames } from './own-frames.js'

/** Everything of a runbook that a test can take: steps, those inside others too, choices, arms, and each `when` both ways. */
export const toCover = ({ steps }: Pick<Runbook, 'steps'>): readonly string[] =>
  everyStep(steps).flatMap(itemsOf)

const itemsOf = (step: Step): readonly string[] => [
  `step ${step.id}`,
  ...(step.kind === 'ask' ? step.choices.map(({ key }) => choiceItem(step.id, key)) : []),
  ...(step.kind === 'branch' ? step.branch.map((_, index) => armItem(step.id, index)) : []),
  ...(step.when === undefined ? [] : [whenItem(step.id, true), whenItem(step.id, false)]),
]

const choiceItem = (id: string, key: string): string => `choice ${id}.${key}`
const armItem = (id: string, index: number): string => `branch ${id}[${index}]`
const whenItem = (id: string, value: boolean): string => `when ${id} is ${value}`

/** What of it a journal took. */
export const coveredBy = (runbook: Pick<Runbook, 'steps'>, events: Iterable<Event>): readonly string[] => {
  const items = new Set<string>()
  const isOwn = ownFrames(runbook)
  for (const event of events) if (isOwn(event.frame)) for (const item of takenBy(event)) items.add(item)
  return toCover(runbook).filter(item => items.has(item))
}

/** Also what the runbook does not have: a step without a `when`, an answer that is no choice. */
const takenBy = (event: Event): readonly string[] => {
  switch (event.type) {
    case 'step.entered':
      return [`step ${event.data.step}`, whenItem(event.data.step, true)]
    case 'step.skipped':
      return event.data.reason === 'when' ? [whenItem(event.data.step, false)] : []
    case 'question.answered':
      return [choiceItem(event.data.step, event.data.option)]
    case 'expression.evaluated':
      return event.data.purpose === 'branch' && typeof event.data.value === 'number'
        ? [armItem(event.data.step, event.data.value)]
        : []
    default:
      return []
  }
}
