import type { Jump, OnFailure, OnInconclusive, Step } from '../domain/runbook.js'

/**
 * Where control can go from a step: to a step by its place in the list, to the end, or off the list. A runbook
 * that is handed over to is an end of this one.
 */
type Exit = number | 'end' | 'off'

/** For each step, everywhere that it can lead. */
export type Flow = readonly (readonly Exit[])[]

/** One way out of a step, and what has become of the step where control takes it. */
export type Way = {
  readonly to: Exit
  readonly by: 'passed' | 'failed' | 'unclear' | 'skipped' | 'limited'
  /** Which entry of a branch it is. */
  readonly arm?: number
}

/** Everywhere that the ways of each step lead. */
export const exitsOf = (ways: readonly (readonly Way[])[]): Flow =>
  ways.map(some => [...new Set(some.map(({ to }) => to))])

/** The ways of one list of steps: those of the lists inside are their own. Targets that do not exist are left out. */
export const waysOf = (steps: readonly Step[]): readonly (readonly Way[])[] => {
  const places = new Map(steps.map((step, index) => [step.id, index]))
  return steps.map((step, index) => {
    const next: Exit = index + 1 < steps.length ? index + 1 : 'off'
    const goto = (id: string): Exit[] => {
      const place = places.get(id)
      return place === undefined ? [] : [place]
    }
    const jump = (to: Jump): Exit[] =>
      (to.end ?? to.run) !== undefined ? ['end'] : to.goto !== undefined ? goto(to.goto) : [next]
    return [
      ...ownWays(step, next, jump),
      ...(step.when === undefined ? [] : [{ to: next, by: 'skipped' } as const]),
      ...(step.limit === undefined ? [] : goto(step.limit.then).map(to => ({ to, by: 'limited' }) as const)),
    ]
  })
}

type Jumps = (to: Jump) => Exit[]

const ownWays = (step: Step, next: Exit, jump: Jumps): readonly Way[] => {
  const passed = (exits: readonly Exit[]): Way[] => exits.map(to => ({ to, by: 'passed' }))
  switch (step.kind) {
    case 'end':
      return passed(['end'])
    case 'goto':
      return passed(jump({ goto: step.goto }))
    case 'ask':
      return passed(step.choices.flatMap(jump))
    case 'branch':
      return step.branch.flatMap((arm, index) =>
        jump(arm).map(to => ({ to, by: 'passed', arm: index }) as const),
      )
    case 'notify':
      return passed([next])
    case 'wait':
      return [...passed([next]), ...('onFailure' in step ? afterwards(step.onFailure, 'failed', jump) : [])]
    case 'manual':
    case 'action':
    case 'parallel':
    case 'each':
    case 'run':
      return [...passed([next]), ...afterwards(step.onFailure, 'failed', jump)]
    case 'check':
      return [
        ...passed([next]),
        ...afterwards(step.onFailure, 'failed', jump),
        ...afterwards(step.onInconclusive, 'unclear', jump),
      ]
  }
}

/** Where a step leads that did not pass; nowhere of itself where a person decides or the incident ends. */
const afterwards = (then: OnFailure | OnInconclusive, by: Way['by'], jump: Jumps): readonly Way[] => {
  if (then.do === 'goto') return jump({ goto: then.goto }).map(to => ({ to, by }))
  return then.do === 'continue' ? jump({}).map(to => ({ to, by })) : []
}

/** The places that control can come to from the first step. */
export const reachable = (flow: Flow): ReadonlySet<number> => {
  const ways = flow.map(exits => exits.map(to => ({ to })))
  return new Set(reachedWithout(ways, () => false).keys())
}

/** The places from which some way leads to an end, or off the list. */
export const canFinish = (flow: Flow): ReadonlySet<number> => {
  const finishing = new Set<number>()
  let before = -1
  while (before !== finishing.size) {
    before = finishing.size
    for (const [place, exits] of flow.entries()) {
      if (exits.some(exit => typeof exit !== 'number' || finishing.has(exit))) finishing.add(place)
    }
  }
  return finishing
}

/** The places that some way from the first step comes to without taking a way that is `closed`, and from where. */
export const reachedWithout = <W extends Pick<Way, 'to'>>(
  ways: readonly (readonly W[])[],
  closed: (place: number, way: W) => boolean,
): ReadonlyMap<number, number | undefined> => {
  const from = new Map<number, number | undefined>(ways.length > 0 ? [[0, undefined]] : [])
  const waiting = [...from.keys()]
  for (const place of waiting) {
    for (const way of ways[place] ?? []) {
      if (typeof way.to !== 'number' || from.has(way.to) || closed(place, way)) continue
      from.set(way.to, place)
      waiting.push(way.to)
    }
  }
  return from
}
