import type { Result } from '../../../domain/result.js'
import type { Paint } from '../../../hosts/lines/paint.js'
import { toCover } from '../../../testing/coverage.js'
import type { Played } from '../../../testing/verdict.js'
import type { Suite } from './suite.js'

export type CaseResult = {
  readonly suite: Suite
  readonly name: string
  readonly result: Result<Played>
  /** What came out otherwise than expected. */
  readonly wrong: readonly string[]
}

/** One line for a case that passes; for one that fails also what was otherwise, and how it went. */
export const resultLines = ({ suite, name, result, wrong }: CaseResult, paint: Paint): readonly string[] => {
  const title = `${suite.runbook.name}: ${name}`
  if (!result.ok)
    return [
      `${paint('bad', 'FAIL')}  ${title}`,
      `      ${result.failure.message}`,
      `      next: ${result.failure.next}`,
    ]
  if (wrong.length === 0) return [`${paint('good', 'pass')}  ${title}`]
  return [
    `${paint('bad', 'FAIL')}  ${title}`,
    ...wrong.map(line => `      ${line}`),
    ...result.value.timeline.map(line => `      | ${line}`),
  ]
}

type Coverage = { readonly lines: readonly string[]; readonly percent: number }

/** Of all that the runbook has: how much some case took, and what none did. */
export const coverageLines = (suite: Suite, results: readonly CaseResult[], paint: Paint): Coverage => {
  const all = toCover(suite.runbook)
  const own = results.filter(result => result.suite === suite)
  const taken = new Set(own.flatMap(({ result }) => (result.ok ? result.value.covered : [])))
  const missed = all.filter(item => !taken.has(item))
  const percent = all.length === 0 ? 100 : Math.floor(((all.length - missed.length) / all.length) * 100)
  const counted = KINDS.map(kind => {
    const of = all.filter(item => item.startsWith(`${kind} `))
    return of.length === 0 ? [] : [`${of.filter(item => taken.has(item)).length}/${of.length} ${NAMES[kind]}`]
  })
  return {
    percent,
    lines: [
      `${paint('title', suite.runbook.name)}: ${percent} % covered: ${counted.flat().join(', ')}`,
      ...missed.map(item => `  never taken: ${item}`),
    ],
  }
}

const KINDS = ['step', 'choice', 'branch', 'when'] as const
const NAMES = { step: 'steps', choice: 'choices', branch: 'arms of branches', when: 'ways of `when`' } as const
