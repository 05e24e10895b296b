import type { Cel, Step } from '../../domain/runbook.js'

export type Change = {
  readonly what: string
  readonly changed: Step
  /** Nothing comes of it unless the step's action was carried out. */
  readonly needs?: true
}

/** The same step with one thing in it forgotten, or the wrong way round. */
export const changesOf = (step: Step): readonly Change[] => [
  ...(step.when === undefined
    ? []
    : [{ what: '`when` the other way round', changed: { ...step, when: not(step.when) } }]),
  ...(step.limit === undefined ? [] : [{ what: 'without `limit`', changed: unlimited(step) }]),
  ...withoutOnFailure(step),
  ...ownChanges(step),
]

const unlimited = ({ limit: _, ...step }: Step): Step => step

const not = (expression: Cel): Cel => `!(${expression})`

const withoutOnFailure = (step: Step): readonly Change[] => {
  if (!('onFailure' in step) || step.onFailure.do === 'ask') return []
  return [
    {
      what: 'without `on_failure`',
      changed: { ...step, onFailure: { do: 'ask' } },
      ...(step.kind === 'action' ? { needs: true } : {}),
    },
  ]
}

const ownChanges = (step: Step): readonly Change[] => {
  switch (step.kind) {
    case 'check':
      return checkChanges(step)
    case 'action': {
      const { verify, ...changed } = step
      return verify ? [{ what: 'without `verify`', changed, needs: true }] : []
    }
    case 'wait':
      return typeof step.wait === 'number' || !('onFailure' in step)
        ? []
        : [
            {
              what: '`until` the other way round',
              changed: { ...step, wait: { ...step.wait, until: not(step.wait.until) } },
            },
          ]
    case 'branch':
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
    default:
      return []
  }
}

const checkChanges = (step: Step & { readonly kind: 'check' }): readonly Change[] => {
  const { retry, ...once } = step
  return [
    ...(step.expect === undefined
      ? []
      : [{ what: '`expect` the other way round', changed: { ...step, expect: not(step.expect) } }]),
    ...(retry ? [{ what: 'without `retry`', changed: once }] : []),
  ]
}
