import { parse, runbookOf } from '../runbook/catalogue.js'
import { medianRatio } from './median.js'

const STEPS = 300

/**
 * Time to check a runbook whose steps all use and lead to others, against one of half as many: twice as much to look
 * for, in twice as much. What tries each way anew is far above four times.
 */
export const lintTangled = (pairs: number): Promise<number> =>
  medianRatio(checking(tangled(STEPS)), checking(tangled(STEPS / 2)), pairs)

const checking = (text: string) => async (): Promise<number> => {
  const started = performance.now()
  const { diagnostics } = parse(text)
  const ms = performance.now() - started
  if (!diagnostics.some(({ rule }) => rule === 'maybe-unfinished')) throw new Error('nothing was looked for')
  return ms
}

const tangled = (count: number): string =>
  runbookOf(Array.from({ length: count }, (_, n) => stepOf(n, count)).join(''))

const stepOf = (n: number, count: number): string => `- id: s${n}
  ask: \${{ has(steps.s${(n * 7) % count}) }} \${{ steps.s${n === 0 ? 0 : n - 1}.choice }}
  choices: { y: { label: Y, recommended: true }, n: { label: N, goto: s${(n * 13) % count} } }
`
