import type { Step, StepKind } from '../domain/runbook.js'
import { circlesOf } from './circles.js'
import { type Draft, report } from './draft.js'
import { reachedWithout, type Way, waysOf } from './flow.js'
import type { View } from './whole.js'

/** A list of steps with the ways through it, and the places that they come to. */
type Walked = Pick<View, 'rows' | 'ways'> & { readonly reached: ReadonlySet<number> }

/**
 * Circles that the engine would run through as fast as it can, with nobody asked. An `end` out of it is no
 * brake: it may never be taken. An action is none either: it passes straight through where it is withheld
 * or finds nothing to do.
 */
export const checkHotLoops = (draft: Draft, { rows, ways, reached }: Walked): void => {
  const exits = rows.map(({ step }, place) => hotExits(step, ways[place] ?? []))
  const reported = new Set<number>()
  for (const circle of circlesOf(
    exits,
    [...reached].sort((a, b) => a - b),
  )) {
    if (circle.some(place => reported.has(place))) continue // one mend may open both
    for (const place of circle) reported.add(place)
    const [first = 0] = circle
    const way = [...circle, first].map(place => `\`${rows[place]?.id}\``).join(' → ')
    report(draft, rows[first]?.idSpan ?? { start: 0, end: 0 }, {
      rule: 'hot-loop',
      message: `nothing slows this circle down or ends it: ${way}`,
      suggestion: 'put a `wait` on it, or give a step of it a `limit` whose `then` leads out of the circle',
    })
  }
}

/** Where a step leads at once, time after time. Over its limit a step of any kind does nothing but that. */
const hotExits = (step: Step, ways: readonly Way[]): readonly number[] => {
  const limited = ways.filter(({ by }) => by === 'limited')
  const hot = limited.length > 0 ? limited : ways.filter(way => !isSlow(step, way))
  return hot.flatMap(({ to }) => (typeof to === 'number' ? [to] : []))
}

/** These take their time, or a person's, whatever becomes of them. */
const SLOW: ReadonlySet<StepKind> = new Set(['ask', 'manual'])

/**
 * Has time passed before that way is taken? What is true at once is not waited for; to look again takes a
 * while, and so does a branch that nothing passes through at once.
 */
const isSlow = (step: Step, { by }: Way): boolean => {
  if (SLOW.has(step.kind)) return true
  if (step.kind === 'wait') return typeof step.wait === 'number' || by === 'failed'
  if (step.kind === 'check') return step.retry !== undefined && (by === 'failed' || by === 'unclear')
  return step.kind === 'parallel' && by === 'passed' && step.parallel.some(({ steps }) => !hasHotWay(steps))
}

/** Does some way lead through those steps without a pause? An `each` may have nothing to do: it is never slow. */
const hasHotWay = (steps: readonly Step[]): boolean => {
  const ways = waysOf(steps)
  const slow = (place: number, way: Way): boolean => {
    const step = steps[place]
    return way.by === 'limited' || (step !== undefined && isSlow(step, way))
  }
  const reached = reachedWithout(ways, slow)
  return [...reached.keys()].some(place => ways[place]?.some(way => way.to === 'off' && !slow(place, way)))
}
