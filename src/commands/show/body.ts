import { formatDuration } from '../../domain/duration.js'
import type {
  Choice,
  EachStep,
  NotifyStep,
  OnFailure,
  ParallelStep,
  Retry,
  RunStep,
  Step,
  Template,
  UntilStep,
  WaitStep,
} from '../../domain/runbook.js'
import { writtenTemplate } from '../../runbook/written.js'
import { catalogue } from '../support/catalogue.js'
import type { Arrows } from './arrows.js'
import { at, type Entry, labelled } from './entry.js'

/** What a step does and where it leads. */
export const body = (step: Step, way: Arrows): readonly Entry[] => {
  switch (step.kind) {
    case 'check':
      return checkBody(step, way)
    case 'action':
      return actionBody(step, way)
    case 'ask':
      return [
        labelled('ask', writtenTemplate(step.ask)),
        ...step.choices.flatMap(choice => choiceEntries(choice, way)),
      ]
    case 'manual':
      return [
        labelled('by hand', writtenTemplate(step.manual)),
        labelled('done', way.to({})),
        labelled('cannot be done', afterFailure(step.onFailure, way)),
      ]
    case 'branch':
      return [
        at(4, 'the first that is true:'),
        ...step.branch.flatMap(arm => [
          at(6, arm.if === undefined ? 'otherwise' : `if ${arm.if}`),
          at(8, way.to(arm)),
        ]),
      ]
    case 'notify':
      return notifyBody(step, way)
    case 'wait':
      return waitBody(step, way)
    case 'parallel':
    case 'each':
      return blocksBody(step, way)
    case 'run':
      return runBody(step, way)
    case 'goto':
      return [labelled('go on', way.to({ goto: step.goto }))]
    case 'end':
      return [labelled('end', way.to(step))]
  }
}

const checkBody = (step: Step & { kind: 'check' }, way: Arrows): readonly Entry[] => [
  labelled('look', step.check),
  ...use(step, catalogue.checks[step.check]),
  ...(step.timeout
    ? [labelled('at most', `${formatDuration(step.timeout)} for a look; longer is inconclusive`)]
    : []),
  ...(step.expect ? [labelled('passed when', step.expect)] : []),
  ...(step.retry ? [labelled('not passed', retryWords(step.retry))] : []),
  labelled('passed', way.to({})),
  labelled('failed', afterFailure(step.onFailure, way)),
  labelled('inconclusive', afterDoubt(step.onInconclusive, way)),
]

const retryWords = ({ times, every }: Retry): string =>
  `look again, up to ${times} ${times === 1 ? 'time' : 'times'} more, ${formatDuration(every)} apart; then`

const actionBody = (step: Step & { kind: 'action' }, way: Arrows): readonly Entry[] => [
  labelled('do', step.action),
  ...use(step, catalogue.actions[step.action]),
  ...atMost(step),
  ...(step.approve ? [labelled('consent', CONSENT[step.approve])] : []),
  labelled('undo', undoWords(step)),
  ...(step.verify ? [labelled('verify', verifyWords(step.verify, way))] : []),
  labelled(step.verify ? 'verified' : 'done', way.to({})),
  labelled('failed', afterFailure(step.onFailure, way)),
]

const atMost = ({ timeout }: { readonly timeout?: number }): readonly Entry[] =>
  timeout === undefined
    ? []
    : [labelled('at most', `${formatDuration(timeout)}; after that nothing more is begun`)]

const notifyBody = ({ notify, to }: NotifyStep, way: Arrows): readonly Entry[] => [
  labelled('tell', writtenTemplate(notify)),
  ...(to === undefined ? [] : [labelled('to', to)]),
  labelled('then', way.to({})),
]

const waitBody = (step: WaitStep | UntilStep, way: Arrows): readonly Entry[] => {
  if (!('onFailure' in step)) return [labelled('wait', `${formatDuration(step.wait)}, then ${way.to({})}`)]
  const { until, again, every, within } = step.wait
  return [
    labelled('wait until', until),
    ...(again === undefined
      ? []
      : [at(8, `result is what ${way.step(again)} finds, looked at again each time`)]),
    labelled('try', `every ${formatDuration(every)}, for ${formatDuration(within)} at most`),
    labelled('true', way.to({})),
    labelled('not in time', afterFailure(step.onFailure, way)),
  ]
}

const blocksBody = (step: ParallelStep | EachStep, way: Arrows): readonly Entry[] => [
  ...(step.kind === 'parallel'
    ? [
        labelled(
          'side by side',
          step.parallel.map(({ name, steps }) => `${name} (${spanWords(steps, way)})`).join(', '),
        ),
      ]
    : [
        labelled('for each', `${step.as} of ${writtenTemplate(step.each)}`),
        labelled('do', `${spanWords(step.steps, way)}, ${atOnce(step.maxParallel)}`),
      ]),
  ...atMost(step),
  labelled('all done', way.to({})),
  labelled('one failed', afterFailure(step.onFailure, way)),
]

/** The numbers of the steps inside. */
const spanWords = (steps: readonly Step[], way: Arrows): string => {
  const [first, last] = [steps[0], steps.at(-1)].map(step => way.number(step?.id ?? ''))
  return first === last ? `step ${first}` : `steps ${first} to ${last}`
}

const atOnce = (most: number): string =>
  most === 1 ? 'one item after the other' : `at most ${most} items at a time`

const runBody = (step: RunStep, way: Arrows): readonly Entry[] => {
  const { run, onFailure } = step
  return [
    labelled('run', `the runbook ${run.runbook}, from its first step to its end, and come back`),
    ...givenWords(run.with),
    ...atMost(step),
    labelled('resolved or mitigated', way.to({})),
    labelled('unresolved or aborted', afterFailure(onFailure, way)),
  ]
}

const givenWords = (given: { readonly [key: string]: Template }): readonly Entry[] =>
  Object.entries(given).map(([key, value]) => ({
    lead: '        with ',
    text: `${key} = ${writtenTemplate(value)}`,
  }))

type Used = (typeof catalogue)['checks'][string] | undefined

/** What it is, what it is given, and what it finds, in the words of its schema. */
const use = ({ with: given }: Step & { kind: 'check' | 'action' }, used: Used): readonly Entry[] => [
  ...(used ? [at(8, `${used.summary}.`)] : []),
  ...givenWords(given),
  ...Object.entries(used?.output.shape ?? {}).map(([key, { description }]) => ({
    lead: '        gives ',
    text: description ? `${key}: ${description}` : key,
  })),
]

const CONSENT = {
  operator: 'the operator agrees to the plan',
  typed: 'the operator types the name of what is changed',
  peer: 'a second person agrees to the plan',
} as const

const undoWords = ({ id, action, with: given }: Step & { kind: 'action' }): string => {
  const irreversible = catalogue.actions[action]?.irreversible
  const byKey = typeof irreversible === 'object' ? irreversible.unless : undefined
  if (byKey !== undefined && byKey in given) return `as its ${byKey} says`
  if (irreversible) return 'none; this cannot be taken back'
  return `it can be taken back (firebreak undo INCIDENT --step ${id})`
}

const verifyWords = (
  { again, hold, within, every }: NonNullable<(Step & { kind: 'action' })['verify']>,
  way: Arrows,
): string =>
  [
    `look as in ${way.step(again)} again, every ${formatDuration(every)};`,
    `it must pass${hold > 0 ? ` for ${formatDuration(hold)} without a break` : ''},`,
    `within ${formatDuration(within)}; else this failed`,
  ].join(' ')

const afterFailure = (then: OnFailure, way: Arrows): string => {
  switch (then.do) {
    case 'goto':
      return way.to({ goto: then.goto })
    case 'continue':
      return way.to({})
    case 'abort':
      return way.to({ end: 'aborted' })
    case 'undo':
      return 'take back what it changed; then decide how to go on'
    case 'ask':
      return `you decide: again, ${way.to({})}, or stop`
  }
}

const afterDoubt = (then: (Step & { kind: 'check' })['onInconclusive'], way: Arrows): string => {
  if (then.do === 'ask') return 'look another way, and decide: passed or failed'
  return way.to(then.do === 'goto' ? { goto: then.goto } : {})
}

const choiceEntries = (
  { key, label, recommended, reset, posture, ...jump }: Choice,
  way: Arrows,
): readonly Entry[] => [
  at(6, `${key}: ${writtenTemplate(label)}${recommended ? ' (recommended)' : ''}`),
  ...(posture === undefined ? [] : [at(8, `from then on the ${posture} limits of the guardrails hold`)]),
  ...(reset === undefined ? [] : [at(8, `count the visits of ${way.step(reset)} from zero again`)]),
  at(8, way.to(jump)),
]
