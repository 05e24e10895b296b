import type { Jump, Step } from '../domain/runbook.js'

/** Where control can go from a step: to a step by its place in the list, to the end, or off the list. */
type Exit = number | 'end' | 'off'

/** For each step, everywhere that it can lead. */
export type Flow = readonly (readonly Exit[])[]

/** Targets that do not exist are left out. */
export const flowOf = (steps: readonly Step[]): Flow => {
  const places = new Map(steps.map((step, index) => [step.id, index]))
  return steps.map((step, index) => {
    const next: Exit = index + 1 < steps.length ? index + 1 : 'off'
    const goto = (id: string): Exit[] => {
      const place = places.get(id)
      return place === undefined ? [] : [place]
    }
    const jump = (to: Jump): Exit[] =>
      to.end !== undefined ? ['end'] : to.goto !== undefined ? goto(to.goto) : [next]
    const skipped: Exit[] = step.when === undefined ? [] : [next]
    const limited = step.limit === undefined ? [] : goto(step.limit.then)
    return [...new Set([...ownExits(step, next, jump), ...skipped, ...limited])]
  })
}

const ownExits = (step: Step, next: Exit, jump: (to: Jump) => Exit[]): Exit[] => {
  switch (step.kind) {
    case 'end':
      return ['end']
    case 'goto':
      return jump({ goto: step.goto })
    case 'ask':
      return step.choices.flatMap(jump)
    case 'branch':
      return step.branch.flatMap(jump)
    case 'wait':
      return [next]
    case 'manual':
    case 'action':
      return [next, ...failureExits(step.onFailure, jump)]
    case 'check':
      return [next, ...failureExits(step.onFailure, jump), ...failureExits(step.onInconclusive, jump)]
  }
}

const failureExits = (
  then: { readonly do: string; readonly goto?: string },
  jump: (to: Jump) => Exit[],
): Exit[] => (then.goto === undefined ? [] : jump({ goto: then.goto }))

/** The places that control can come to from the first step. */
export const reachable = (flow: Flow): ReadonlySet<number> => {
  const seen = new Set<number>()
  const waiting = flow.length > 0 ? [0] : []
  for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
    if (seen.has(place)) continue
    seen.add(place)
    for (const exit of flow[place] ?? []) if (typeof exit === 'number') waiting.push(exit)
  }
  return seen
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
