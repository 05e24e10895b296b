import type { FailureCode } from '../../domain/failure-codes.js'
import type { Plan } from '../../domain/plan.js'
import { type Failure, ok, type Result } from '../../domain/result.js'
import type { Applied, Apply } from '../contract.js'
import { readChanges } from './changes.js'

/** One after the other, so that a pause leaves the rest alone. What holds of one instance only keeps none of the others. */
export const apply = async ({ changes }: Plan, ctx: Apply): Promise<Result<Applied>> => {
  const ids = readChanges(changes)
  const reaped: string[] = []
  const kept: Failure[] = []
  for (const instance of ids) {
    const ended = await ctx.op({ kind: 'terminate', key: 'terminate', target: instance, args: { instance } })
    if (ended.ok) reaped.push(instance)
    else kept.push(ended.failure)
    if (!ended.ok && !OF_ONE.has(ended.failure.code)) break
  }
  const [first, ...more] = kept
  if (!first) return ok({ output: { reaped }, summary: `terminated: ${reaped.join(', ')}` })
  return ok({ output: { reaped }, summary: whatBecame(ids, reaped, [first, ...more]), failure: first })
}

/** Failures that say nothing of the next instance. */
const OF_ONE: ReadonlySet<FailureCode> = new Set(['plan.stale', 'ec2.not-permitted', 'ec2.rejected'] as const)

const whatBecame = (ids: readonly string[], reaped: readonly string[], kept: readonly Failure[]): string => {
  const done = reaped.length === 0 ? '' : ` (${reaped.join(', ')})`
  return `${reaped.length} of ${ids.length} terminated${done}: ${kept.map(({ message }) => message).join('; ')}`
}
