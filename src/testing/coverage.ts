import type { Event } from '../domain/event.js'
import type { Runbook, Step } from '../domain/runbook.js'

/** Everything of a runbook that a test can take: steps, choices, arms of branches, and each `when` both ways. */
export const toCover = ({ steps }: Pick<Runbook, 'steps'>): readonly string[] => steps.flatMap(itemsOf)

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
export const coveredBy = ({ steps }: Pick<Runbook, 'steps'>, events: Iterable<Event>): readonly string[] => {
  const items = new Set<string>()
  const stepOf = (id: string) => steps.find(step => step.id === id)
  for (const event of events) for (const item of takenBy(event, stepOf)) items.add(item)
  const known = new Set(toCover({ steps }))
  return [...items].filter(item => known.has(item))
}

const takenBy = (event: Event, stepOf: (id: string) => Step | undefined): readonly string[] => {
  switch (event.type) {
    case 'step.entered':
      return [
        `step ${event.data.step}`,
        ...(stepOf(event.data.step)?.when === undefined ? [] : [whenItem(event.data.step, true)]),
      ]
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
