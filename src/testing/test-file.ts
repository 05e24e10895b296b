// testing: what a runbook's tests say, what a run of one covers, and which mistakes they would notice.
// Pure but for reading the file; who plays the drills stands in commands/support.

import type * as z from 'zod'
import type { Answers } from '../runtime/answers.js'
import { decode } from '../source/decode.js'
import { type Diagnostic, hasErrors, sortDiagnostics } from '../source/diagnostic.js'
import { loadYaml } from '../source/load-yaml.js'
import { nodeAt } from '../source/node.js'
import { idleExpectations } from './expectations.js'
import { finding, type Place } from './finding.js'
import { type Around, misfits } from './misfits.js'
import { type EXPECTATION, FILE } from './schema.js'

export type Expectation = z.output<typeof EXPECTATION>

/** One drill of a runbook, what is answered in it, and how it must come out. */
export type TestCase = {
  readonly name: string
  readonly scenario: string
  readonly seed: number
  readonly answers: Answers
  readonly expect: Expectation
}

export type TestFile = { readonly file: string; readonly runbook: string; readonly cases: readonly TestCase[] }

export type LoadedTests = {
  readonly tests?: TestFile
  readonly diagnostics: readonly Diagnostic[]
  readonly source: string
  /** Checks it against what there is around it; findings stand at their own characters, from the top. */
  readonly against: (around: Around) => readonly Diagnostic[]
}

/** Reads a test file. Never rejects. */
export const loadTests = async (file: string): Promise<LoadedTests> => {
  const { source, root, diagnostics } = await loadYaml(file)
  const bad = (found: readonly Diagnostic[]): LoadedTests => ({
    diagnostics: sortDiagnostics(found),
    source: source.text,
    against: () => [],
  })
  if (!root || hasErrors(diagnostics)) return bad(diagnostics)
  const decoded = decode(source, root, FILE)
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
    diagnostics: sortDiagnostics([...sameNames(place, tests), ...idleExpectations(place, tests)]),
    source: source.text,
    against: around => sortDiagnostics(misfits(place, tests, around)),
  }
}

const sameNames = (place: Place, { cases }: TestFile): readonly Diagnostic[] =>
  cases.flatMap(({ name }, index) => {
    if (cases.findIndex(other => other.name === name) === index) return []
    const at = nodeAt(place.root, ['cases', index, 'name'])
    return [finding(place, at, 'test-same-name', `another case is called "${name}" already`)]
  })
