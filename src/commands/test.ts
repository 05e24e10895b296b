import { readdir } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { EXIT, type ExitCode } from '../domain/exit-codes.js'
import { paintFor } from '../hosts/lines/paint.js'
import { mutantsOf } from '../testing/mutants.js'
import { differences } from '../testing/verdict.js'
import { type Places, runbooksDir } from './support/definitions.js'
import { parseCount } from './support/drill-session.js'
import { type Global, giveUp, type Io, print, say } from './support/io.js'
import { createPool, type Pool } from './support/testing/pool.js'
import { progressOn } from './support/testing/progress.js'
import { type CaseResult, coverageLines, resultLines } from './support/testing/report.js'
import { prepareTests, type Suite } from './support/testing/suite.js'

export type TestOptions = Global &
  Places & { readonly mutate?: boolean; readonly minCoverage?: string; readonly jobs?: string }

/** Plays the cases of runbook tests as drills, and says which came out otherwise than they should, and what none of them took. */
export const test = async (io: Io, said: readonly string[], options: TestOptions): Promise<ExitCode> => {
  const least = countOf(io, 'min-coverage', options.minCoverage, 0)
  const jobs = countOf(io, 'jobs', options.jobs, availableParallelism())
  if (least === undefined || jobs === undefined) return EXIT.usage
  const files = await testFiles(io, said, options)
  if (files.length === 0) {
    say(io, `firebreak: there are no runbook tests in ${path.join(runbooksDir(io, options), 'tests')}`)
    say(io, '  next: write one, NAME.test.yaml, or name a file')
    return EXIT.usage
  }
  const suites = await prepareTests(io, files, options)
  if ('exit' in suites) return suites.exit
  const pool = createPool(jobs)
  try {
    const passed = await playAll(io, suites.value, pool, least)
    const killed = options.mutate && passed ? await mutateAll(io, suites.value, pool) : true
    return passed && killed ? EXIT.done : EXIT.unresolved
  } finally {
    pool.close()
  }
}

const countOf = (io: Io, name: string, text: string | undefined, otherwise: number): number | undefined => {
  if (text === undefined) return otherwise
  const count = parseCount(name, text)
  if (count.ok) return count.value
  giveUp(io, count.failure)
  return undefined
}

const testFiles = async (io: Io, said: readonly string[], places: Places): Promise<readonly string[]> => {
  if (said.length > 0) return said.map(file => path.resolve(io.cwd, file))
  const dir = path.join(runbooksDir(io, places), 'tests')
  const names = await readdir(dir).catch(() => []) // no folder: there are none
  return names
    .filter(name => name.endsWith('.test.yaml'))
    .sort()
    .map(name => path.join(dir, name))
}

/** Whether all cases passed, and enough was covered. */
const playAll = async (io: Io, suites: readonly Suite[], pool: Pool, least: number): Promise<boolean> => {
  const all = suites.flatMap(suite => suite.cases.map(one => ({ suite, one })))
  const progress = progressOn(io, all.length, 'cases')
  const paint = paintFor(io.out, io.env)
  const results = await Promise.all(
    all.map(async ({ suite, one }): Promise<CaseResult> => {
      const result = await pool.play(one.job)
      progress.step()
      return { suite, name: one.name, result, wrong: result.ok ? differences(one.expect, result.value) : [] }
    }),
  )
  progress.end()
  for (const result of results) for (const line of resultLines(result, paint)) print(io, line)
  let enough = true
  for (const suite of suites) {
    const { lines, percent } = coverageLines(suite, results, paint)
    for (const line of lines) print(io, line)
    if (percent < least) enough = false
  }
  const failed = results.filter(({ result, wrong }) => !result.ok || wrong.length > 0).length
  print(io, `${results.length - failed} passed, ${failed} failed`)
  if (!enough) print(io, `The coverage is below ${least} %.`)
  return failed === 0 && enough
}

/** Whether every mutant fails some case. */
const mutateAll = async (io: Io, suites: readonly Suite[], pool: Pool): Promise<boolean> => {
  const mutants = suites.flatMap(suite => mutantsOf(suite.runbook).map(mutant => ({ suite, mutant })))
  const progress = progressOn(io, mutants.length, 'mutants')
  const survivors = await Promise.all(
    mutants.map(async ({ suite, mutant }) => {
      const survived = await survives(suite, mutant.runbook, pool)
      progress.step()
      return survived ? [`${suite.runbook.name}: ${mutant.what}`] : []
    }),
  )
  progress.end()
  for (const what of survivors.flat()) print(io, `survived: ${what}`)
  print(io, `${mutants.length} mutants, ${survivors.flat().length} survived`)
  return survivors.flat().length === 0
}

/** One case that fails is enough: the others are not played. */
const survives = async (suite: Suite, runbook: Suite['runbook'], pool: Pool): Promise<boolean> => {
  for (const { job, expect } of suite.cases) {
    const result = await pool.play({ ...job, runbook })
    if (!result.ok || differences(expect, result.value).length > 0) return false
  }
  return true
}
