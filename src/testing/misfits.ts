import { everyStep, type Runbook, type Step } from '../domain/runbook.js'
import type { Diagnostic } from '../source/diagnostic.js'
import { nodeAt, type Path } from '../source/node.js'
import { canFail, choicesOf, decisionsFor, FAILING_WORDS, isElsewhere, UNDO } from './decisions.js'
import { impossibleOutcomes } from './expectations.js'
import { finding, keyAt, type Place, thereAre, unknown } from './finding.js'
import type { TestCase, TestFile } from './test-file.js'

/** What a test file can name. Absent: it is not known what there is, and nothing is said of it. */
export type Around = {
  readonly runbooks?: readonly string[]
  readonly scenarios?: readonly string[]
  /** Names of what a drill measures. */
  readonly measures?: readonly string[]
  /** The one that it tests. */
  readonly runbook?: Pick<Runbook, 'name' | 'steps' | 'inputs'>
  /** Those that it can lead to: their questions are answered here, too. */
  readonly others?: readonly Pick<Runbook, 'steps'>[]
  /** Values of inputs that the runbook does not take: who knows the types and the fleet has looked. */
  readonly wrongInputs?: readonly WrongInput[]
}

export type WrongInput = {
  /** Which case, from 0. */
  readonly index: number
  readonly name: string
  readonly message: string
  readonly next: string
}

/** What it names and there is not, and what it answers that nothing asks; each at its own characters. */
export const misfits = (place: Place, tests: TestFile, around: Around): readonly Diagnostic[] => [
  ...named(place, ['runbook'], tests.runbook, around.runbooks, 'a runbook'),
  ...tests.cases.flatMap((one, index) => inCase(place, ['cases', index], one, around)),
  ...(around.wrongInputs ?? []).map(({ index, name, message, next }) =>
    finding(place, nodeAt(place.root, ['cases', index, 'inputs', name]), 'test-wrong-input', message, next),
  ),
]

const inCase = (place: Place, base: Path, one: TestCase, around: Around): readonly Diagnostic[] => [
  ...named(place, [...base, 'scenario'], one.scenario, around.scenarios, 'a scenario'),
  ...strangers(place, [...base, 'expect', 'score'], one.expect.score, around.measures, 'a measure of a drill'),
  ...(around.runbook ? inRunbook(place, base, one, around.runbook, around.others ?? []) : []),
]

const inRunbook = (
  place: Place,
  base: Path,
  { answers, expect }: TestCase,
  { name, inputs, steps: list }: NonNullable<Around['runbook']>,
  others: NonNullable<Around['others']>,
): readonly Diagnostic[] => {
  const own = everyStep(list)
  const steps = [...own, ...others.flatMap(other => everyStep(other.steps))]
  const step = `a step of ${name}`
  const asking = (...kinds: Step['kind'][]): Asking => ({
    steps,
    fits: ({ kind }) => kinds.includes(kind),
    kinds: kinds.join(' or '),
    step,
  })
  const decisions = Object.entries(answers.decisions)
  return [
    ...strangers(place, [...base, 'expect', 'steps'], expect.steps, idsOf(own), step),
    ...strangers(place, [...base, 'inputs'], answers.inputs, Object.keys(inputs), `an input of ${name}`),
    ...impossibleOutcomes(place, [...base, 'expect', 'steps'], expect.steps, { steps: list }),
    ...misplaced(place, [...base, 'decisions'], decisions.map(([id]) => id).filter(isNoUndo), {
      steps,
      fits: canFail,
      kinds: FAILING_WORDS,
      step,
    }),
    ...decisions.flatMap(([id, said]) =>
      wrongWords(place, [...base, 'decisions', id], said, {
        known: decisionsFor(id, { steps: list }, others),
        what: `a decision about ${id}`,
        isElsewhere,
      }),
    ),
    ...misplaced(place, [...base, 'gates'], Object.keys(answers.gates).filter(isNoUndo), asking('action')),
    ...misplaced(place, [...base, 'answers'], Object.keys(answers.answers), asking('ask', 'manual')),
    ...Object.entries(answers.answers).flatMap(([id, said]) =>
      wrongWords(place, [...base, 'answers', id], said, {
        known: steps.filter(one => one.id === id).flatMap(choicesOf),
        what: `a choice of ${id}`,
      }),
    ),
  ]
}

const idsOf = (steps: readonly Step[]): readonly string[] => steps.map(({ id }) => id)

const isNoUndo = (id: string): boolean => id !== UNDO

/** A path is read from where firebreak is started, which a file does not know. */
export const isPath = (name: string): boolean => name.includes('/') || name.endsWith('.yaml')

const named = (
  place: Place,
  path: Path,
  name: string,
  known: readonly string[] | undefined,
  what: string,
): readonly Diagnostic[] =>
  known === undefined || known.includes(name) || isPath(name)
    ? []
    : [unknown(place, nodeAt(place.root, path), name, known, what)]

const strangers = (
  place: Place,
  path: Path,
  written: object,
  known: readonly string[] | undefined,
  what: string,
): readonly Diagnostic[] =>
  Object.keys(written)
    .filter(key => known !== undefined && !known.includes(key))
    .map(key => unknown(place, keyAt(place, path, key), key, known ?? [], what))

type Asking = {
  readonly steps: readonly Step[]
  readonly fits: (step: Step) => boolean
  /** Those that fit, in words. */
  readonly kinds: string
  readonly step: string
}

const misplaced = (
  place: Place,
  path: Path,
  ids: readonly string[],
  { steps, fits, kinds, step }: Asking,
): readonly Diagnostic[] => {
  const fitting = steps.filter(fits).map(({ id }) => id)
  return ids.flatMap(id => {
    if (fitting.includes(id)) return []
    const at = keyAt(place, path, id)
    const found = steps.find(one => one.id === id)
    if (!found) return [unknown(place, at, id, fitting, step)]
    const message = `\`${id}\` is no ${kinds} step, but ${found.kind}: nothing asks for this`
    return [finding(place, at, 'test-misplaced-answer', message, thereAre(fitting))]
  })
}

type Words = {
  readonly known: readonly string[]
  readonly what: string
  readonly isElsewhere?: (word: string) => boolean
}

/** Each word at its own place, also where there is one for each time; nothing where nothing is asked at all. */
const wrongWords = (
  place: Place,
  path: Path,
  said: string | readonly string[],
  { known, what, isElsewhere }: Words,
): readonly Diagnostic[] => {
  if (known.length === 0) return []
  const node = nodeAt(place.root, path)
  return [said].flat().flatMap((word, index) => {
    if (known.includes(word)) return []
    const at = node?.kind === 'list' ? node.items[index] : node
    return [unknown(place, at, word, known, what, isElsewhere?.(word) ? thereAre(known) : undefined)]
  })
}
