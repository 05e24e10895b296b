// What a question about a step that failed, could not tell or went over the failure budget can be answered with from a
// file: the one list for test files and for `--answers`.

import { blocksOf, everyStep, type Runbook, type Step } from '../domain/runbook.js'

type Word = {
  /** What it does, for the reference. */
  readonly means: string
  /** Asked of such steps alone; of all that can fail unless given. */
  readonly only?: 'check' | 'action' | 'inside'
}

/** Verbs that need a reason or a target are not among them: a file has no place for those. */
export const DECISIONS: { readonly [word: string]: Word } = {
  retry: { means: 'the step is visited again, with a new plan' },
  continue: { means: 'on to the next step as it stands; over budget, on with a new budget' },
  undo: { means: 'what the step did is taken back, else what was last done' },
  abort: { means: 'the incident ends here' },
  leave: { means: 'this part is given up as failed', only: 'inside' },
  pass: { means: 'the check could not tell, and passes', only: 'check' },
  fail: { means: 'the check could not tell, and fails', only: 'check' },
  stop: { means: 'over budget: nothing more of this plan is started', only: 'action' },
  pause: { means: 'it stops here, as it stands' },
}

/** What is taken back has a gate and questions under that name, and is no step. */
export const UNDO = 'undo'

/** Kinds that can fail, and are then asked about; a wait is one of them only where it waits for something. */
const FAILING: readonly Step['kind'][] = ['check', 'action', 'manual', 'parallel', 'each', 'run']

/** The same in words, for whoever names another one. */
export const FAILING_WORDS = `${FAILING.join(', ')} or wait until`

export const canFail = (step: Step): boolean =>
  FAILING.includes(step.kind) || (step.kind === 'wait' && typeof step.wait !== 'number')

type Steps = Pick<Runbook, 'steps'>

/**
 * What a step of that id can be decided with; nothing where none of that id can fail. Ids are unique in a runbook, and
 * not over those that it can lead to: what fits one fits.
 */
export const decisionsFor = (id: string, main: Steps, others: readonly Steps[]): readonly string[] => {
  if (id === UNDO) return wordsFor('action', false)
  const inside = main.steps.flatMap(blocksOf).flat()
  // The runbook may be run as a step by another one, which is then around it.
  const nested = [...inside, ...others.flatMap(({ steps }) => steps)].flatMap(step => everyStep([step]))
  const words = [
    ...main.steps.filter(step => step.id === id && canFail(step)).flatMap(({ kind }) => wordsFor(kind, false)),
    ...nested.filter(step => step.id === id && canFail(step)).flatMap(({ kind }) => wordsFor(kind, true)),
  ]
  return [...new Set(words)]
}

const wordsFor = (kind: Step['kind'], inside: boolean): readonly string[] =>
  Object.entries(DECISIONS)
    .filter(([, { only }]) => only === undefined || only === kind || (only === 'inside' && inside))
    .map(([word]) => word)

/** A word that fits other steps was meant, and is no slip for one that looks like it: `pass` is not `pause`. */
export const isElsewhere = (word: string): boolean => Object.hasOwn(DECISIONS, word)

/** What a step is answered with; nothing where it asks nothing. */
export const choicesOf = (step: Step): readonly string[] => {
  if (step.kind === 'manual') return ['done', 'cannot']
  return step.kind === 'ask' ? step.choices.map(({ key }) => key) : []
}
