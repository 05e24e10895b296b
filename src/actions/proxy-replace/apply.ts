import * as z from 'zod'
import type { JsonObject } from '../../domain/json.js'
import type { Plan } from '../../domain/plan.js'
import { type Failure, ok, type Result } from '../../domain/result.js'
import type { Applied, Apply } from '../contract.js'
import { readChanges, type Slot } from './changes.js'
import { type Basis, type Course, lookedAgain } from './course.js'
import { sightIn } from './ops/survey.js'
import { type Replaced, replaceOne } from './replace-one.js'

/**
 * One proxy after the other. Where several were named the fleet is looked at again after each: who has cooled is
 * dropped, who has become hot is proposed in another plan, with those that are named and not in this one.
 */
export const apply = async (plan: Plan, ctx: Apply): Promise<Result<Applied>> => {
  const slots = readChanges(plan.changes)
  const basis = basisOf(plan)
  const spent = new Set<string>()
  const done: Replaced[] = []
  let course = courseOf(slots, basis)
  for (const slot of slots) {
    const { old } = slot
    if (!course.todo.includes(old)) continue
    const replaced = await replaceOne(slot, spent, ctx)
    if (!replaced.ok) return brokenOff(slots, { done, course }, replaced.failure)
    done.push(replaced.value)
    course = { ...course, todo: course.todo.filter(id => id !== old) }
    if (basis.named.length === 1) continue
    const looked = await ctx.op({
      kind: 'survey',
      key: `survey-after-${old}`,
      target: slot.launch.cluster,
      args: { cluster: slot.launch.cluster },
    })
    if (looked.ok) course = lookedAgain(course, basis, sightIn(looked.value))
    // Whether the rest is still what was agreed to cannot be told; where there is none, nothing depends on it.
    else if (hasMore(course)) return brokenOff(slots, { done, course }, unseen(looked.failure))
  }
  return ok(finished(plan, done, course))
}

const basisOf = ({ with: input, hot = {} }: Plan): Basis => ({
  named: [...new Set(z.array(z.string()).parse(input.proxies))],
  hot,
})

const courseOf = (slots: readonly Slot[], { named }: Basis): Course => {
  const todo = slots.map(({ old }) => old)
  return { todo, later: named.filter(id => !todo.includes(id)), dropped: [], found: [] }
}

const hasMore = ({ todo, later }: Course): boolean => todo.length + later.length > 0

const unseen = (why: Failure): Failure => ({
  ...why,
  message: `the fleet could not be looked at again: ${why.message}`,
})

const finished = (plan: Plan, done: readonly Replaced[], course: Course): Applied => {
  const { dropped, later, found } = course
  const next = [...later, ...found]
  const summary = [
    ...done.map(doneWords),
    ...(dropped.length > 0 ? [`${dropped.join(', ')} cooled meanwhile, and ${stay(dropped)}`] : []),
    ...(found.length > 0 ? [`newly hot: ${found.join(', ')}`] : []),
    ...(next.length > 0 ? [`next, by a plan of its own: ${next.join(', ')}`] : []),
  ]
  return {
    output: outputOf(done, dropped),
    summary: summary.join('; '),
    ...(next.length > 0 ? { next: nextInput(plan, next) } : {}),
  }
}

const outputOf = (done: readonly Replaced[], dropped: readonly string[]): JsonObject => ({
  replaced: done.map(({ old, new: instance }) => ({ old, new: instance })),
  dropped: [...dropped],
})

const doneWords = ({ old, new: instance, remark }: Replaced): string =>
  `${instance} serves in the place of ${old}, which is parked${remark === undefined ? '' : ` (${remark})`}`

const stay = ({ length }: readonly string[]): string => (length === 1 ? 'stays' : 'stay')

/** The same terms as they were written, for other proxies. */
const nextInput = ({ with: { deadline, avoid_zones } }: Plan, proxies: readonly string[]): JsonObject => ({
  proxies: [...proxies],
  ...(deadline === undefined ? {} : { deadline }),
  ...(avoid_zones === undefined ? {} : { avoid_zones }),
})

/** What is done stays done, and nothing more is begun. */
const brokenOff = (
  slots: readonly Slot[],
  { done, course }: { readonly done: readonly Replaced[]; readonly course: Course },
  failure: Failure,
): Result<Applied> => {
  const { todo, later, dropped } = course
  if (slots.length + later.length === 1 && done.length === 0) return { ok: false, failure }
  const far = [
    `${done.length} of ${slots.length} replaced`,
    ...done.map(doneWords),
    ...(dropped.length > 0 ? [`${dropped.join(', ')} cooled meanwhile, and ${stay(dropped)}`] : []),
    failure.message,
    `nothing more was begun; left: ${[...todo, ...later].join(', ') || 'none'}`,
  ].join('; ')
  return ok({ output: outputOf(done, dropped), summary: far, failure })
}
