import type { Step } from '../../domain/runbook.js'

/** Where a step stands: in its list, which is the runbook's own or that of another step. */
export type Spot = {
  readonly step: Step
  readonly list: readonly Step[]
  /** What follows it in its list. */
  readonly after: Step | undefined
  readonly nested: boolean
  /** The runbook's steps with others in its place. */
  readonly put: (others: readonly Step[]) => readonly Step[]
  /** The runbook's steps with another list in the place of its own. */
  readonly putList: (list: readonly Step[]) => readonly Step[]
}

/** Every step of a runbook, those inside others among them, from the top of the file. */
export const spotsOf = (steps: readonly Step[]): readonly Spot[] => spotsIn(steps, list => list, false)

const spotsIn = (list: readonly Step[], putList: Spot['putList'], nested: boolean): readonly Spot[] =>
  list.flatMap((step, index) => {
    const put: Spot['put'] = others => putList(list.toSpliced(index, 1, ...others))
    const spot: Spot = { step, list, after: list[index + 1], nested, put, putList }
    return [spot, ...inside(step, changed => put([changed]))]
  })

const inside = (step: Step, put: (changed: Step) => readonly Step[]): readonly Spot[] => {
  if (step.kind === 'each') return spotsIn(step.steps, steps => put({ ...step, steps }), true)
  if (step.kind !== 'parallel') return []
  return step.parallel.flatMap((block, index) =>
    spotsIn(
      block.steps,
      steps => put({ ...step, parallel: step.parallel.with(index, { ...block, steps }) }),
      true,
    ),
  )
}
