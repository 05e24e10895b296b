import { everyStep, type Runbook, type Step } from '../domain/runbook.js'
import { type Diagnostic, diagnose } from '../source/diagnostic.js'
import { didYouMean } from '../source/nearest.js'
import { entryOf, headSpan, nodeAt, type Path, type SourceNode } from '../source/node.js'
import type { Source, Span } from '../source/source.js'
import type { TestRule } from './rules.js'
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
}

export type Place = { readonly source: Source; readonly root: SourceNode }

/** What it names and there is not, and what it answers that nothing asks; each at its own characters. */
export const misfits = (place: Place, tests: TestFile, around: Around): readonly Diagnostic[] => [
  ...named(place, ['runbook'], tests.runbook, around.runbooks, 'a runbook'),
  ...tests.cases.flatMap((one, index) => inCase(place, ['cases', index], one, around)),
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
  const asking = (kinds: readonly Step['kind'][]): Asking => ({ steps, kinds, step })
  return [
    ...strangers(place, [...base, 'expect', 'steps'], expect.steps, idsOf(own), step),
    ...strangers(place, [...base, 'inputs'], answers.inputs, Object.keys(inputs), `an input of ${name}`),
    ...strangers(place, [...base, 'decisions'], answers.decisions, idsOf(steps), step),
    ...misplaced(place, [...base, 'gates'], Object.keys(answers.gates).filter(isNoUndo), asking(['action'])),
    ...misplaced(place, [...base, 'answers'], Object.keys(answers.answers), asking(['ask', 'manual'])),
    ...Object.entries(answers.answers).flatMap(([id, said]) => {
      const known = steps.filter(one => one.id === id).flatMap(choicesOf)
      return known.length === 0 ? [] : wrongChoices(place, [...base, 'answers', id], [said].flat(), known)
    }),
  ]
}

const idsOf = (steps: readonly Step[]): readonly string[] => steps.map(({ id }) => id)

/** What is taken back has a gate of that name, and is no step. */
const isNoUndo = (id: string): boolean => id !== 'undo'

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
  readonly kinds: readonly Step['kind'][]
  readonly step: string
}

const misplaced = (
  place: Place,
  path: Path,
  ids: readonly string[],
  { steps, kinds, step }: Asking,
): readonly Diagnostic[] => {
  const fitting = steps.filter(({ kind }) => kinds.includes(kind)).map(({ id }) => id)
  return ids.flatMap(id => {
    if (fitting.includes(id)) return []
    const at = keyAt(place, path, id)
    const found = steps.find(one => one.id === id)
    if (!found) return [unknown(place, at, id, fitting, step)]
    const message = `\`${id}\` is no ${kinds.join(' or ')} step, but ${found.kind}: nothing asks for this`
    return [finding(place, at, 'test-misplaced-answer', message, thereAre(fitting))]
  })
}

/** Each choice at its own place, also where there is one for each visit. */
const wrongChoices = (
  place: Place,
  path: Path,
  said: readonly string[],
  known: readonly string[],
): readonly Diagnostic[] => {
  const node = nodeAt(place.root, path)
  return said.flatMap((choice, index) => {
    if (known.includes(choice)) return []
    const at = node?.kind === 'list' ? node.items[index] : node
    return [unknown(place, at, choice, known, `a choice of ${String(path.at(-1))}`)]
  })
}

/** None where it asks nothing. */
const choicesOf = (step: Step): readonly string[] => {
  if (step.kind === 'manual') return ['done', 'cannot']
  return step.kind === 'ask' ? step.choices.map(({ key }) => key) : []
}

const keyAt = ({ root }: Place, path: Path, key: string): Span | undefined =>
  entryOf(nodeAt(root, path), key)?.keySpan

const unknown = (
  place: Place,
  at: Span | undefined,
  name: string,
  known: readonly string[],
  what: string,
): Diagnostic =>
  finding(
    place,
    at,
    'test-unknown-name',
    `\`${name}\` is not ${what}`,
    didYouMean(name, known) ?? thereAre(known),
  )

const thereAre = (known: readonly string[]): string => `there are: ${known.join(', ') || 'none'}`

export const finding = (
  { source, root }: Place,
  at: Span | undefined,
  rule: TestRule,
  message: string,
  suggestion?: string,
): Diagnostic => diagnose(source, at ?? headSpan(root), { rule, message, suggestion })
