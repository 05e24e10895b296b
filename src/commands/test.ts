import { readdir } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { EXIT, type ExitCode } from '../domain/exit-codes.js'
import { paintFor } from '../hosts/lines/paint.js'
import { differences } from '../testing/verdict.js'
import { type Places, runbooksDir } from './support/definitions.js'
import { parseCount } from './support/drill-session.js'
import { type Global, giveUp, type Io, print, say } from './support/io.js'
import { mutateAll } from './support/testing/mutate.js'
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
    const { passed, results } = await playAll(io, suites.value, pool, least)
    const killed = options.mutate && passed ? await mutateAll(io, results, pool) : true
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

type PlayedAll = { readonly passed: boolean; readonly results: readonly CaseResult[] }

/** Whether all cases passed, and enough was covered; and how each case went. */
const playAll = async (io: Io, suites: readonly Suite[], pool: Pool, least: number): Promise<PlayedAll> => {
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
  return { passed: failed === 0 && enough, results }
}
