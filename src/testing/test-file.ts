// testing: what a runbook's tests say, what a run of one covers, and which mistakes they would notice.
// Pure but for reading the file; who plays the drills stands in commands/support.

import * as z from 'zod'
import type { Runbook } from '../domain/runbook.js'
import { type Answers, answersShape } from '../runtime/answers.js'
import { decode } from '../source/decode.js'
import { type Diagnostic, diagnose, hasErrors } from '../source/diagnostic.js'
import { loadYaml } from '../source/load-yaml.js'
import { didYouMean } from '../source/nearest.js'
import { entryOf, nodeAt, type Path, type SourceNode } from '../source/node.js'
import type { Source } from '../source/source.js'

const OUTCOMES = ['resolved', 'mitigated', 'unresolved', 'aborted', 'paused'] as const
const STEP_OUTCOMES = [
  'passed',
  'failed',
  'inconclusive',
  'applied',
  'unchanged',
  'declined',
  'refused',
  'undone',
  'answered',
  'done',
  'skipped',
  'visited',
  'not-visited',
] as const

const bound = z.union([
  z.number(),
  z.null(),
  z.strictObject({ min: z.number().optional(), max: z.number().optional() }),
])

const expectation = z.strictObject({
  outcome: z.enum(OUTCOMES).optional(),
  steps: z.record(z.string(), z.enum(STEP_OUTCOMES)).default({}),
  score: z.record(z.string(), bound).default({}),
})

const testCase = z.strictObject({
  name: z.string().min(1),
  scenario: z.string().min(1),
  seed: z.int().min(1),
  ...answersShape,
  expect: expectation,
})

const testFileSchema = z.strictObject({
  runbook: z.string().min(1),
  cases: z.array(testCase).min(1),
})

export type Expectation = z.output<typeof expectation>

/** One drill of a runbook, what is answered in it, and how it must come out. */
export type TestCase = {
  readonly name: string
  readonly scenario: string
  readonly seed: number
  readonly answers: Answers
  readonly expect: Expectation
}

export type TestFile = { readonly file: string; readonly runbook: string; readonly cases: readonly TestCase[] }

type LoadedTests = {
  readonly tests?: TestFile
  readonly diagnostics: readonly Diagnostic[]
  readonly source: string
  /** Checks it against its runbook; findings stand at their own characters. */
  readonly against: (runbook: Runbook, measures: readonly string[]) => readonly Diagnostic[]
}

/** Reads a test file. Never rejects. */
export const loadTests = async (file: string): Promise<LoadedTests> => {
  const { source, root, diagnostics } = await loadYaml(file)
  const bad = (found: readonly Diagnostic[]): LoadedTests => ({
    diagnostics: found,
    source: source.text,
    against: () => [],
  })
  if (!root || hasErrors(diagnostics)) return bad(diagnostics)
  const decoded = decode(source, root, testFileSchema)
  if (!decoded.ok) return bad(decoded.diagnostics)
  const { runbook, cases } = decoded.value
  const tests: TestFile = {
    file,
    runbook,
    cases: cases.map(({ inputs, answers, gates, decisions, ...rest }) => ({
      ...rest,
      answers: { inputs, answers, gates, decisions },
    })),
  }
  const place = { source, root }
  return {
    tests,
    diagnostics: sameNames(place, tests),
    source: source.text,
    against: (known, measures) => misfits(place, tests, known, measures),
  }
}

type Place = { readonly source: Source; readonly root: SourceNode }

const sameNames = ({ source, root }: Place, { cases }: TestFile): readonly Diagnostic[] =>
  cases.flatMap(({ name }, index) => {
    if (cases.findIndex(other => other.name === name) === index) return []
    const at = nodeAt(root, ['cases', index, 'name']) ?? root
    return [
      diagnose(source, at, { rule: 'test-same-name', message: `another case is called "${name}" already` }),
    ]
  })

/** Steps and measures that there are not. What is answered is checked where it is read for a drill. */
const misfits = (
  place: Place,
  { cases }: TestFile,
  { steps, name }: Runbook,
  measures: readonly string[],
): readonly Diagnostic[] => {
  const ids = steps.map(({ id }) => id)
  return cases.flatMap(({ expect }, index) => {
    const base = ['cases', index, 'expect']
    return [
      ...strangers(place, [...base, 'steps'], Object.keys(expect.steps), ids, `a step of ${name}`),
      ...strangers(place, [...base, 'score'], Object.keys(expect.score), measures, 'a measure of a drill'),
    ]
  })
}

const strangers = (
  { source, root }: Place,
  path: Path,
  keys: readonly string[],
  known: readonly string[],
  what: string,
): readonly Diagnostic[] =>
  keys
    .filter(key => !known.includes(key))
    .map(key => {
      const at = entryOf(nodeAt(root, path), key)?.keySpan ?? root
      const suggestion = didYouMean(key, known) ?? `there are: ${known.join(', ')}`
      return diagnose(source, at, {
        rule: 'test-unknown-name',
        message: `\`${key}\` is not ${what}`,
        suggestion,
      })
    })
