import type { Runbook, Step } from '../domain/runbook.js'

/** A runbook with one mistake in it, and what the mistake is. */
export type Mutant = { readonly what: string; readonly runbook: Runbook }

/**
 * Each a single mistake that somebody could make while editing: a step left out, a condition the wrong way round,
 * a look afterwards forgotten. A runbook's tests should notice every one of them.
 */
export const mutantsOf = (runbook: Runbook): readonly Mutant[] => [
  ...runbook.steps.flatMap((step, index) => withoutStep(runbook, step, index)),
  ...runbook.steps.flatMap((step, index) =>
    changesOf(step).map(({ what, changed }) => ({
      what: `${step.id}: ${what}`,
      runbook: { ...runbook, steps: runbook.steps.with(index, changed) },
    })),
  ),
]

/** What led to it leads to what came after it. The last step and the only one cannot be left out: nothing follows. */
const withoutStep = (runbook: Runbook, step: Step, index: number): readonly Mutant[] => {
  const after = runbook.steps[index + 1]
  if (!after) return []
  const steps = runbook.steps
    .filter(other => other !== step)
    .map(other => redirected(other, step.id, after.id))
    .map(other => unverified(other, step.id))
  return [{ what: `${step.id}: left out`, runbook: { ...runbook, steps } }]
}

const elsewhere = <J extends object>(jump: J, from: string, to: string): J =>
  'goto' in jump && jump.goto === from ? { ...jump, goto: to } : jump

const redirected = (step: Step, from: string, to: string): Step => {
  const limited = step.limit?.then === from ? { ...step, limit: { ...step.limit, then: to } } : step
  switch (limited.kind) {
    case 'goto':
      return elsewhere(limited, from, to)
    case 'ask':
      return {
        ...limited,
        choices: limited.choices.map(choice => {
          const { reset, ...rest } = elsewhere(choice, from, to)
          return reset === undefined || reset === from ? rest : { ...rest, reset }
        }),
      }
    case 'branch':
      return { ...limited, branch: limited.branch.map(arm => elsewhere(arm, from, to)) }
    case 'check':
      return {
        ...limited,
        onFailure: elsewhere(limited.onFailure, from, to),
        onInconclusive: elsewhere(limited.onInconclusive, from, to),
      }
    case 'action':
    case 'manual':
      return { ...limited, onFailure: elsewhere(limited.onFailure, from, to) }
    default:
      return limited
  }
}

/** Without the check, nothing can be looked at again. */
const unverified = (step: Step, check: string): Step => {
  if (step.kind !== 'action' || step.verify?.again !== check) return step
  const { verify: _, ...rest } = step
  return rest
}

type Change = { readonly what: string; readonly changed: Step }

const changesOf = (step: Step): readonly Change[] => [
  ...(step.when === undefined
    ? []
    : [{ what: '`when` the other way round', changed: { ...step, when: not(step.when) } }]),
  ...(step.limit === undefined ? [] : [{ what: 'without `limit`', changed: unlimited(step) }]),
  ...('onFailure' in step && step.onFailure.do !== 'ask'
    ? [{ what: 'without `on_failure`', changed: { ...step, onFailure: { do: 'ask' as const } } }]
    : []),
  ...ownChanges(step),
]

const unlimited = ({ limit: _, ...step }: Step): Step => step

const not = (expression: string): string => `!(${expression})`

const ownChanges = (step: Step): readonly Change[] => {
  if (step.kind === 'check' && step.expect !== undefined)
    return [{ what: '`expect` the other way round', changed: { ...step, expect: not(step.expect) } }]
  if (step.kind === 'action' && step.verify) {
    const { verify: _, ...changed } = step
    return [{ what: 'without `verify`', changed }]
  }
  if (step.kind !== 'branch') return []
  return step.branch.flatMap((arm, index) =>
    arm.if === undefined
      ? []
      : [
          {
            what: `branch[${index}] the other way round`,
            changed: { ...step, branch: step.branch.with(index, { ...arm, if: not(arm.if) }) },
          },
        ],
  )
}
