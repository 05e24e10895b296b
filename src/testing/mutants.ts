import { everyStep, type Runbook } from '../domain/runbook.js'
import { changesOf } from './mutants/changes.js'
import { leadsTo, redirected, withoutCheck } from './mutants/left-out.js'
import { type Spot, spotsOf } from './mutants/spots.js'

/** A runbook with one mistake in it, and what the mistake is. */
export type Mutant = {
  readonly what: string
  readonly runbook: Runbook
  /** An action that must have been carried out for anybody to notice: a drill may hold its effects back. */
  readonly needs?: string
}

/**
 * Each a single mistake that somebody could make while editing: a step left out, a condition the wrong way round,
 * a look afterwards forgotten; in steps inside others, too. A runbook's tests should notice every one of them.
 */
export const mutantsOf = (runbook: Runbook): readonly Mutant[] => {
  const spots = spotsOf(runbook.steps)
  return [
    ...spots.flatMap(spot => withoutStep(runbook, spot)),
    ...spots.flatMap(({ step, put }) =>
      changesOf(step).map(({ what, changed, needs }) => ({
        what: `${step.id}: ${what}`,
        runbook: { ...runbook, steps: put([changed]) },
        ...(needs ? { needs: step.id } : {}),
      })),
    ),
  ]
}

/**
 * What led to it leads to what came after it. After the last step of a runbook nothing follows, so it stays; the last of
 * a list inside a step can go where nothing leads to it. Of a list of one there would be nothing left.
 */
const withoutStep = (runbook: Runbook, { step, list, after, nested, putList }: Spot): readonly Mutant[] => {
  const others = list.filter(other => other !== step)
  const isLed = others.some(other => leadsTo(other, step.id))
  if (others.length === 0 || (after === undefined && (!nested || isLed))) return []
  const left = after ? others.map(other => redirected(other, step.id, after.id)) : others
  const steps = everyStep([step]).reduce(
    (before, { id }) => before.map(other => withoutCheck(other, id)),
    putList(left),
  )
  return [{ what: `${step.id}: left out`, runbook: { ...runbook, steps } }]
}
