import { EXIT } from '../../../domain/exit-codes.js'
import type { Runbook } from '../../../domain/runbook.js'
import type { Measures } from '../../../drill/measures.js'
import type { Fleet } from '../../../fleet/fleet.js'
import { hasErrors } from '../../../source/diagnostic.js'
import { formatDiagnostic } from '../../../source/format-diagnostic.js'
import { type Expectation, loadTests, type TestCase } from '../../../testing/test-file.js'
import { checkAnswers } from '../answers-file.js'
import { findFleet, findRunbook, findScenario, type Loaded, type Places, relative } from '../definitions.js'
import { type Io, say } from '../io.js'
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
  const suites: Suite[] = []
  for (const file of files) {
    const suite = await prepare(io, file, places, fleet.value)
    if ('exit' in suite) return suite
    suites.push(suite.value)
  }
  return { value: suites }
}

const prepare = async (io: Io, file: string, places: Places, fleet: Fleet): Promise<Loaded<Suite>> => {
  const { tests, diagnostics, source, against } = await loadTests(file)
  const runbook = tests && !hasErrors(diagnostics) ? await findRunbook(io, places, tests.runbook) : undefined
  if (runbook && 'exit' in runbook) return runbook
  const found = [...diagnostics, ...(runbook ? against(runbook.value, MEASURES) : [])]
  for (const diagnostic of found) say(io, `${formatDiagnostic(relative(io, diagnostic), source)}\n`)
  if (!tests || !runbook || hasErrors(found)) return { exit: EXIT.unresolved }
  const cases: Case[] = []
  for (const one of tests.cases) {
    const ready = await caseOf(io, places, { one, runbook: runbook.value, fleet })
    if ('exit' in ready) return ready
    cases.push(ready.value)
  }
  return { value: { file, runbook: runbook.value, cases } }
}

type Parts = { readonly one: TestCase; readonly runbook: Runbook; readonly fleet: Fleet }

const caseOf = async (io: Io, places: Places, { one, runbook, fleet }: Parts): Promise<Loaded<Case>> => {
  const { name, expect, seed, answers } = one
  const scenario = await findScenario(io, places, one.scenario)
  if ('exit' in scenario) return scenario
  const fitting = checkAnswers(io, runbook, answers)
  if ('exit' in fitting) return fitting
  return { value: { name, expect, job: { runbook, scenario: scenario.value, fleet, seed, answers } } }
}

const MEASURE_NAMES: { readonly [M in keyof Measures]: true } = {
  seconds_to_relief: true,
  customer_seconds_hurt: true,
  faulted_replaced: true,
  healthy_replaced: true,
  instances_launched: true,
  instances_leaked: true,
  connections_cut: true,
  legit_clients_blocked: true,
  minutes: true,
}
const MEASURES = Object.keys(MEASURE_NAMES)
