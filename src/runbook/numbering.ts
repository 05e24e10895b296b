import { blocksOf, type Step } from '../domain/runbook.js'

/** The number of each step by its id: `3`, and inside it `3.left.1` for a branch or `3.1` for each item. */
export const numbersOf = (steps: readonly Step[]): ReadonlyMap<string, string> =>
  new Map(steps.flatMap((step, place) => numbered(step, `${place + 1}`)))

const numbered = (step: Step, number: string): readonly (readonly [string, string])[] => [
  [step.id, number],
  ...blocksOf(step).flatMap((inside, index) =>
    inside.flatMap((inner, place) => numbered(inner, `${number}${branchPart(step, index)}.${place + 1}`)),
  ),
]

const branchPart = (step: Step, index: number): string =>
  step.kind === 'parallel' ? `.${step.parallel[index]?.name}` : ''
