import type { Call, Jump, Outcome, Step } from '../../domain/runbook.js'
import { numbersOf } from '../../runbook/numbering.js'
import { writtenTemplate } from '../../runbook/written.js'

/** How a page says where things lead: by the number, with the id beside it. */
export type Arrows = {
  readonly number: (id: string) => string
  readonly step: (id: string) => string
  readonly to: (jump: Jump) => string
}

/** Where a list of steps stands: in a step, and in which branch of it. */
export type Inside = { readonly id: string; readonly branch?: string }

/** The steps by their numbers, asked for by a list, a place in it, and where the list stands. */
export const arrowsOf = (all: readonly Step[]) => {
  const numbers = numbersOf(all)
  const number = (id: string): string => numbers.get(id) ?? '?'
  const step = (id: string): string => `step ${number(id)} [${id}]`
  return (steps: readonly Step[], place: number, inside?: Inside): Arrows => {
    const next = steps[place + 1]?.id
    const to = ({ goto = next, end, run }: Jump): string => {
      if (end !== undefined) return endWords(end, inside && step(inside.id))
      if (run !== undefined) return `-> the runbook ${callWords(run)} takes over, for good`
      return `-> ${goto === undefined ? overWords(step, inside) : step(goto)}`
    }
    return { number, step, to }
  }
}

const endWords = (end: Outcome, around: string | undefined): string =>
  end === 'aborted' && around !== undefined ? `-> ${around} fails` : `-> the incident ends: ${end}`

/** What follows the last step of a list. */
const overWords = (step: Arrows['step'], inside: Inside | undefined): string => {
  if (inside === undefined) return 'past the last step; the incident ends: unresolved'
  return `${inside.branch ?? 'this item'} of ${step(inside.id)} is done`
}

/** A runbook and what its inputs are given. */
const callWords = ({ runbook, with: given }: Call): string => {
  const inputs = Object.entries(given).map(([key, value]) => `${key} = ${writtenTemplate(value)}`)
  return inputs.length === 0 ? runbook : `${runbook} (${inputs.join(', ')})`
}
