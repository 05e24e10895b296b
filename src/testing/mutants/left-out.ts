import type { Jump, Step } from '../../domain/runbook.js'

/** A step of the same list, once another one is gone: what led there leads on to the next one. */
export const redirected = (step: Step, from: string, to: string): Step => {
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
    default:
      return 'onFailure' in limited
        ? { ...limited, onFailure: elsewhere(limited.onFailure, from, to) }
        : limited
  }
}

const elsewhere = <J extends object>(jump: J, from: string, to: string): J =>
  'goto' in jump && jump.goto === from ? { ...jump, goto: to } : jump

/** Does anything in that step lead to the other one, or count its visits? */
export const leadsTo = (step: Step, id: string): boolean => {
  const jumps: readonly (Jump & { readonly reset?: string })[] =
    step.kind === 'ask' ? step.choices : step.kind === 'branch' ? step.branch : []
  const ways: readonly object[] = [
    step,
    ...jumps,
    ...('onFailure' in step ? [step.onFailure] : []),
    ...('onInconclusive' in step ? [step.onInconclusive] : []),
  ]
  return (
    step.limit?.then === id ||
    jumps.some(({ reset }) => reset === id) ||
    ways.some(way => 'goto' in way && way.goto === id)
  )
}

/** Without the check, nothing can be looked at again: neither here nor in what stands inside. */
export const withoutCheck = (step: Step, check: string): Step => {
  const deep = (steps: readonly Step[]): readonly Step[] => steps.map(one => withoutCheck(one, check))
  if (step.kind === 'each') return { ...step, steps: deep(step.steps) }
  if (step.kind === 'parallel')
    return { ...step, parallel: step.parallel.map(({ name, steps }) => ({ name, steps: deep(steps) })) }
  if (step.kind === 'action' && step.verify?.again === check) {
    const { verify: _, ...rest } = step
    return rest
  }
  if (step.kind === 'wait' && 'onFailure' in step && step.wait.again === check) {
    const { again: _, ...wait } = step.wait
    return { ...step, wait }
  }
  return step
}
