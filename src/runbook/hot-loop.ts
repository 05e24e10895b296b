import type { Step, StepKind } from '../domain/runbook.js'
import { type Draft, report } from './draft.js'
import type { Flow } from './flow.js'

/**
 * Circles that the engine would run through as fast as it can, with nobody asked. An `end` out of it is no
 * brake: it may never be taken. An action is none either: it passes straight through where it is withheld
 * or finds nothing to do.
 */
export const checkHotLoops = (
  draft: Draft,
  steps: readonly Step[],
  flow: Flow,
  reached: ReadonlySet<number>,
): void => {
  const places = new Map(steps.map(({ id }, place) => [id, place]))
  const exits = steps.map((step, place) => hotExits(step, flow[place] ?? [], places))
  const reported = new Set<number>()
  for (const circle of circlesOf(
    exits,
    [...reached].sort((a, b) => a - b),
  )) {
    if (circle.some(place => reported.has(place))) continue // one mend may open both
    for (const place of circle) reported.add(place)
    const [first = 0] = circle
    const way = [...circle, first].map(place => `\`${steps[place]?.id}\``).join(' → ')
    report(draft, draft.steps[first]?.idSpan ?? { start: 0, end: 0 }, {
      rule: 'hot-loop',
      message: `nothing slows this circle down or ends it: ${way}`,
      suggestion: 'put a `wait` on it, or give a step of it a `limit` whose `then` leads out of the circle',
    })
  }
}

/** These take their time, or a person's. */
const SLOW: ReadonlySet<StepKind> = new Set(['wait', 'ask', 'manual'])

/** Where a step leads at once, time after time. Over its limit a step of any kind does nothing but that. */
const hotExits = (step: Step, exits: Flow[number], places: ReadonlyMap<string, number>): readonly number[] => {
  const then = step.limit && places.get(step.limit.then)
  if (then !== undefined) return [then]
  return SLOW.has(step.kind) ? [] : exits.filter(exit => typeof exit === 'number')
}

/** At least one circle of every knot of circles, each from the step that comes first on the way. */
const circlesOf = (exits: readonly (readonly number[])[], from: readonly number[]): readonly number[][] => {
  const circles: number[][] = []
  const seen = new Set<number>()
  const way = [{ place: -1, left: [...from] }] // from no step at all to each that a way may begin with
  for (let last = way.at(-1); last !== undefined; last = way.at(-1)) {
    const exit = last.left.shift()
    if (exit === undefined) way.pop()
    else if (!seen.has(exit)) {
      seen.add(exit)
      way.push({ place: exit, left: [...(exits[exit] ?? [])] })
    } else {
      const back = way.findIndex(({ place }) => place === exit)
      if (back !== -1) circles.push(way.slice(back).map(({ place }) => place))
    }
  }
  return circles
}
