import type { CheckStep, Jump, OnFailure, Step } from '../../domain/runbook.js'
import { writtenTemplate } from '../written.js'

/** Where an edge ends: at a step, at an outcome, at another runbook, past the last step of a list, or at its failure. */
export type Goal =
  | { readonly step: string }
  | { readonly end: NonNullable<Jump['end']> }
  | { readonly run: string }
  | { readonly out: 'off' | 'fails' }

export type Edge = {
  readonly to: Goal
  readonly label?: string
  readonly recommended?: boolean
  /** It begins where all that stands in the step is over, not where the step begins. */
  readonly late?: boolean
}

type Draw = (jump: Jump, label?: string, recommended?: boolean) => readonly Edge[]

/** Every way out of each step of a list, in the words of the file. A target that does not exist has no edge. */
export const edgesOf = (steps: readonly Step[], isInside: boolean): readonly (readonly Edge[])[] => {
  const ids = new Set(steps.map(({ id }) => id))
  return steps.map((step, place) => {
    const next = steps[place + 1]
    const edge: Draw = (jump, label, recommended = false) => {
      const to = goalOf(jump, next)
      if (isInside && 'end' in to && to.end === 'aborted')
        return [{ to: { out: 'fails' }, ...(label === undefined ? {} : { label }) }]
      if ('step' in to && !ids.has(to.step)) return []
      return [{ to, recommended, ...(label === undefined ? {} : { label }) }]
    }
    return [
      ...ownEdges(step, edge),
      ...(step.when === undefined ? [] : edge({}, `skipped unless ${step.when}`)),
      ...(step.limit ? edge({ goto: step.limit.then }, `limit reached (${step.limit.visits})`) : []),
    ]
  })
}

const goalOf = ({ goto, end, run }: Jump, next: Step | undefined): Goal => {
  if (end !== undefined) return { end }
  if (run !== undefined) return { run: run.runbook }
  const step = goto ?? next?.id
  return step === undefined ? { out: 'off' } : { step }
}

const ownEdges = (step: Step, edge: Draw): readonly Edge[] => {
  switch (step.kind) {
    case 'check':
      return [...edge({}, 'passed'), ...failureEdges(step.onFailure, edge), ...doubtEdges(step, edge)]
    case 'action':
      return [...edge({}, step.verify ? 'verified' : 'done'), ...failureEdges(step.onFailure, edge)]
    case 'manual':
      return [...edge({}, 'done'), ...failureEdges(step.onFailure, edge)]
    case 'ask':
      return step.choices.flatMap(choice => edge(choice, writtenTemplate(choice.label), choice.recommended))
    case 'branch':
      return step.branch.flatMap(arm => edge(arm, arm.if ?? 'otherwise'))
    case 'notify':
      return edge({})
    case 'wait':
      if (typeof step.wait === 'number' || !('onFailure' in step)) return edge({})
      return [...edge({}, `until ${step.wait.until}`), ...failureEdges(step.onFailure, edge)]
    case 'parallel':
    case 'each':
      return [...edge({}, 'all done'), ...failureEdges(step.onFailure, edge)].map(one => ({
        ...one,
        late: true,
      }))
    case 'run':
      return [...edge({}, 'came back'), ...failureEdges(step.onFailure, edge)]
    case 'goto':
      return edge({ goto: step.goto })
    case 'end':
      return edge({ end: step.end })
  }
}

/** `ask` and `undo` leave it to a person, who is shown what there is: no edge. */
const failureEdges = (then: OnFailure, edge: Draw): readonly Edge[] => {
  switch (then.do) {
    case 'goto':
      return edge({ goto: then.goto }, 'on_failure')
    case 'continue':
      return edge({}, 'on_failure')
    case 'abort':
      return edge({ end: 'aborted' }, 'on_failure')
    default:
      return []
  }
}

const doubtEdges = ({ onInconclusive: then }: CheckStep, edge: Draw): readonly Edge[] => {
  if (then.do === 'ask') return []
  return edge(then.do === 'goto' ? { goto: then.goto } : {}, 'inconclusive')
}
