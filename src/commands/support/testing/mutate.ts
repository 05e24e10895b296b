import { type Mutant, mutantsOf } from '../../../testing/mutants.js'
import { differences } from '../../../testing/verdict.js'
import { type Io, print } from '../io.js'
import type { Pool } from './pool.js'
import { progressOn } from './progress.js'
import type { CaseResult } from './report.js'
import type { Suite } from './suite.js'

type One = { readonly suite: Suite; readonly mutant: Mutant }

/** Whether every mutant fails some case; after all cases of what is not mutated have passed. */
export const mutateAll = async (io: Io, results: readonly CaseResult[], pool: Pool): Promise<boolean> => {
  const suites = [...new Set(results.map(({ suite }) => suite))]
  const all = suites.flatMap(suite => mutantsOf(suite.runbook).map(mutant => ({ suite, mutant })))
  const blind = all.filter(one => isBlind(one, results))
  const mutants = all.filter(one => !blind.includes(one))
  const progress = progressOn(io, mutants.length, 'mutants')
  const survivors = await Promise.all(
    mutants.map(async one => {
      const survived = await survives(one, pool)
      progress.step()
      return survived ? [one] : []
    }),
  )
  progress.end()
  const left = survivors.flat()
  for (const one of left) print(io, `survived: ${nameOf(one)}`)
  for (const one of blind) print(io, `not played: ${nameOf(one)} (a drill holds back what that step does)`)
  print(io, `${mutants.length} mutants, ${left.length} survived`)
  return left.length === 0
}

const nameOf = ({ suite, mutant }: One): string => `${suite.runbook.name}: ${mutant.what}`

/** No drill can tell the difference: whenever a case came to that action, its effects were held back. */
const isBlind = ({ suite, mutant: { needs } }: One, results: readonly CaseResult[]): boolean => {
  if (needs === undefined) return false
  const own = results.filter(result => result.suite === suite)
  const outcomes = own.flatMap(({ result }) => (result.ok ? (result.value.steps[needs] ?? []) : []))
  return outcomes.length > 0 && outcomes.every(outcome => outcome === 'would-change')
}

/** One case that fails is enough: the others are not played. */
const survives = async ({ suite, mutant }: One, pool: Pool): Promise<boolean> => {
  for (const { job, expect } of suite.cases) {
    const result = await pool.play({ ...job, runbook: mutant.runbook })
    if (!result.ok || differences(expect, result.value).length > 0) return false
  }
  return true
}
