import { EXIT, type ExitCode } from '../../../domain/exit-codes.js'
import type { Runbook } from '../../../domain/runbook.js'
import type { Fleet } from '../../../fleet/fleet.js'
import { hasErrors } from '../../../source/diagnostic.js'
import { formatDiagnostic } from '../../../source/format-diagnostic.js'
import { type Expectation, loadTests, type TestCase } from '../../../testing/test-file.js'
import {
  type Definition,
  findFleet,
  findRunbook,
  findScenario,
  type Loaded,
  type Places,
  relative,
  runbooksDir,
} from '../definitions.js'
import { type Io, say } from '../io.js'
import { lintTests } from './lint-tests.js'
import type { Job } from './play-case.js'

type Case = { readonly name: string; readonly expect: Expectation; readonly job: Job }

/** The cases of one test file, with all that playing them needs. */
export type Suite = { readonly file: string; readonly runbook: Runbook; readonly cases: readonly Case[] }

/** What is wrong with any of the files is on the screen, and then nothing is played. */
export const prepareTests = async (
  io: Io,
  files: readonly string[],
  places: Places,
): Promise<Loaded<readonly Suite[]>> => {
  const fleet = await findFleet(io, places)
  if ('exit' in fleet) return fleet
  const wrong = await wrongIn(io, files, places, fleet.value)
  if (wrong !== undefined) return { exit: wrong }
  const suites: Suite[] = []
  for (const file of files) {
    const suite = await prepare(io, file, places, fleet.value)
    if ('exit' in suite) return suite
    suites.push(suite.value)
  }
  return { value: suites }
}

/** What is wrong with any of the files, each finding at its place; undefined where nothing is. */
const wrongIn = async (
  io: Io,
  files: readonly string[],
  places: Places,
  fleet: Fleet,
): Promise<ExitCode | undefined> => {
  const where = { dir: runbooksDir(io, places), cwd: io.cwd, fleet }
  const linted = await Promise.all(files.map(file => lintTests(file, where)))
  for (const { diagnostics, source } of linted)
    for (const diagnostic of diagnostics) say(io, `${formatDiagnostic(relative(io, diagnostic), source)}\n`)
  return linted.some(({ diagnostics }) => hasErrors(diagnostics)) ? EXIT.unresolved : undefined
}

const prepare = async (io: Io, file: string, places: Places, fleet: Fleet): Promise<Loaded<Suite>> => {
  const { tests } = await loadTests(file)
  if (!tests) return { exit: EXIT.unresolved }
  const runbook = await findRunbook(io, places, tests.runbook)
  if ('exit' in runbook) return runbook
  const cases: Case[] = []
  for (const one of tests.cases) {
    const ready = await caseOf(io, places, { one, runbook, fleet })
    if ('exit' in ready) return ready
    cases.push(ready.value)
  }
  return { value: { file, runbook: runbook.value, cases } }
}

type Parts = {
  readonly one: TestCase
  readonly runbook: Pick<Definition, 'others'> & { readonly value: Runbook }
  readonly fleet: Fleet
}

const caseOf = async (io: Io, places: Places, { one, runbook, fleet }: Parts): Promise<Loaded<Case>> => {
  const { name, expect, seed, answers } = one
  const scenario = await findScenario(io, places, one.scenario)
  if ('exit' in scenario) return scenario
  const { value, others } = runbook
  return {
    value: { name, expect, job: { runbook: value, others, scenario: scenario.value, fleet, seed, answers } },
  }
}
