// Random runbooks of every step kind, with steps inside steps.

import fc from 'fast-check'
import type { OnFailure, OnInconclusive, Runbook, Step, StepKind } from '../../src/domain/runbook.js'
import {
  action,
  ask,
  branch,
  call,
  check,
  choice,
  each,
  end,
  goto,
  manual,
  notify,
  parallel,
  runbook,
  until,
  wait,
} from './histories.js'

/** What a random step is made from. Numbers are taken modulo whatever there is to choose from. */
type Gene = {
  readonly kind: StepKind
  readonly when: boolean
  readonly limit: number
  readonly expect: boolean
  readonly verify: boolean
  readonly onFailure: number
  readonly onInconclusive: number
  readonly target: number
  /** Steps inside it, where its kind has any. */
  readonly inside: readonly Gene[]
}

const PLAIN = ['check', 'action', 'action', 'ask', 'manual', 'branch', 'notify', 'wait', 'goto'] as const

const geneOf = (kind: fc.Arbitrary<StepKind>, inside: fc.Arbitrary<readonly Gene[]>) =>
  fc.record({
    kind,
    when: fc.boolean(),
    limit: fc.nat({ max: 3 }),
    expect: fc.boolean(),
    verify: fc.boolean(),
    onFailure: fc.nat({ max: 4 }),
    onInconclusive: fc.nat({ max: 2 }),
    target: fc.nat({ max: 20 }),
    inside,
  })

const plainGene: fc.Arbitrary<Gene> = geneOf(fc.constantFrom(...PLAIN), fc.constant([]))

const middleGene: fc.Arbitrary<Gene> = fc.oneof(
  { weight: 3, arbitrary: plainGene },
  {
    weight: 1,
    arbitrary: geneOf(
      fc.constantFrom('parallel', 'each', 'run'),
      fc.array(plainGene, { minLength: 1, maxLength: 2 }),
    ),
  },
)

export const gene: fc.Arbitrary<Gene> = geneOf(
  fc.constantFrom(...PLAIN, 'end', 'parallel', 'each', 'run'),
  fc.array(middleGene, { minLength: 1, maxLength: 3 }),
)

/** Jumps back are left to answers and failures; a walk that answers its way out always goes forward. */
export const build = (genes: readonly Gene[]): Runbook =>
  runbook(check('look'), ...stepsFrom(genes, 's', ['look']))

/** `before`: ids of the steps that stand before these in their list, and can be gone to. */
const stepsFrom = (genes: readonly Gene[], name: string, before: readonly string[]): Step[] => {
  const ids = [...before, ...genes.map((_, index) => `${name}${index}`)]
  const any = (n: number): string => ids[n % ids.length] ?? ''
  return genes.map((one, index): Step => {
    const later = ids.slice(before.length + index + 1)
    const forward = later[one.target % Math.max(1, later.length)]
    const when = one.when ? { when: 'true' } : {}
    const limited = one.limit > 0 && forward !== undefined
    const limit = limited ? { limit: { visits: one.limit, then: forward } } : {}
    const ways: Ways = { any, forward, isInside: before.length === 0 }
    return { ...stepOf(one, `${name}${index}`, ways), ...when, ...limit }
  })
}

/** Where a step can lead to; one inside another ends nothing. */
type Ways = {
  readonly any: (n: number) => string
  readonly forward: string | undefined
  readonly isInside: boolean
}

/** The runbook that a `run` calls and a choice hands over to. */
export const OTHER: Runbook = {
  ...runbook(
    check('look'),
    action('s0'),
    ask('s1', choice('out', { end: 'mitigated' })),
    end('s2', 'unresolved'),
  ),
  name: 'other',
}

const blockStep = (one: Gene, id: string, onFailure: OnFailure): Step => {
  const timed = one.verify ? { timeout: 600_000 } : {}
  const inside = (name: string) => stepsFrom(one.inside, `${id}_${name}`, [])
  switch (one.kind) {
    case 'parallel':
      return parallel(id, { left: inside('l'), right: inside('r') }, { onFailure, ...timed })
    case 'each':
      return each(id, inside('e'), { onFailure, maxParallel: 1 + (one.target % 3), ...timed })
    default:
      return call(id, OTHER.name, { onFailure, ...timed })
  }
}

const stepOf = (one: Gene, id: string, ways: Ways): Step => {
  const { target } = one
  const { any } = ways
  const onFailure = onFailureOf(one, any(target))
  switch (one.kind) {
    case 'check':
      return check(id, {
        onFailure,
        onInconclusive: onInconclusiveOf(one, any(target)),
        ...(one.expect ? { expect: 'result.calm' } : {}),
        ...(one.verify ? { retry: { times: 2, every: 10_000 } } : {}),
      })
    case 'action':
      return action(id, {
        onFailure,
        ...(one.verify ? { verify: { again: 'look', hold: 60_000, within: 300_000, every: 15_000 } } : {}),
      })
    case 'ask':
      return askStep(one, id, ways)
    case 'manual':
      return manual(id, { onFailure })
    case 'branch':
      return branchStep(one, id, ways)
    case 'notify':
      return notify(id)
    case 'wait':
      return waitStep(one, id)
    case 'goto':
      return gotoStep(id, ways)
    case 'end':
      return end(id, 'mitigated')
    default:
      return blockStep(one, id, onFailure)
  }
}

const askStep = ({ target }: Gene, id: string, { any, isInside }: Ways): Step => {
  const back = choice('back', { goto: any(target), reset: any(target + 1) })
  if (isInside) return ask(id, choice('on'), back)
  const over = choice('over', { run: { runbook: OTHER.name, with: {} } })
  return ask(id, choice('out', { end: 'mitigated' }), choice('on'), over, back)
}

const branchStep = ({ target }: Gene, id: string, { any, forward, isInside }: Ways): Step => {
  const back = { if: 'back', goto: any(target) }
  const onward = forward === undefined ? {} : { goto: forward }
  return isInside
    ? branch(id, back, { if: 'on' }, onward)
    : branch(id, back, { if: 'over', end: 'unresolved' }, forward === undefined ? { end: 'resolved' } : onward)
}

const waitStep = ({ expect, verify, target }: Gene, id: string): Step =>
  expect ? until(id, verify ? { again: 'look' } : {}) : wait(id, 1_000 * (target + 1))

const gotoStep = (id: string, { forward, isInside }: Ways): Step => {
  if (forward !== undefined) return goto(id, forward)
  return isInside ? notify(id) : end(id)
}

const onFailureOf = ({ onFailure }: Gene, target: string): OnFailure =>
  onFailure === 4
    ? { do: 'goto', goto: target }
    : { do: (['ask', 'continue', 'undo', 'abort'] as const)[onFailure] ?? 'ask' }

const onInconclusiveOf = ({ onInconclusive }: Gene, target: string): OnInconclusive =>
  onInconclusive === 2 ? { do: 'goto', goto: target } : { do: onInconclusive === 1 ? 'continue' : 'ask' }
