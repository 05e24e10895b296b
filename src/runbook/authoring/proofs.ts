import { type MapNode, nodeAt } from '../../source/node.js'
import type { Site } from '../draft.js'
import { knownWhen } from '../expressions/guards.js'
import type { Way } from '../flow.js'
import type { Row, Whole } from '../whole.js'

type Known = ReadonlySet<string>

export const NOTHING: Known = new Set()

/** What the conditions of a step prove to be there. */
export type Proof = {
  readonly admitted: Known
  /** On a way out of it. */
  readonly after: (way: Way) => Known
  /** Before one of its expressions is evaluated: by its `when`, and by earlier entries of a branch. */
  readonly before: (site: Site) => Known
}

export const proofOf = ({ trees }: Pick<Whole, 'trees'>, { sites, node }: Row): Proof => {
  const asked = sites.find(site => isCondition(site, 'when'))
  const when = asked && trees.get(asked)
  const admitted = knownWhen(when, true)
  const skipped = knownWhen(when, false)
  const arms = sites.filter(site => isCondition(site, 'if'))
  const earlier = new Map<Site, Known>()
  const taken: Known[] = []
  let untaken = admitted
  for (const site of arms) {
    const test = trees.get(site)
    earlier.set(site, untaken)
    taken.push(plus(untaken, knownWhen(test, true)))
    untaken = plus(untaken, knownWhen(test, false))
  }
  const byArm = (arm: number | undefined): Known => (arm === undefined ? admitted : (taken[arm] ?? untaken))
  return {
    admitted,
    after: ({ by, arm }) => {
      if (by === 'limited') return NOTHING
      return by === 'skipped' ? skipped : byArm(arm)
    },
    before: site => {
      if (isCondition(site, 'when')) return NOTHING
      return earlier.get(site) ?? byArm(armOf(node, site))
    },
  }
}

/** Which entry of a branch an expression stands in: what is given to a runbook is evaluated where it is taken. */
const armOf = (step: MapNode, { node: { start } }: Site): number | undefined => {
  const arms = nodeAt(step, ['branch'])
  if (arms?.kind !== 'list') return undefined
  const found = arms.items.findIndex(arm => arm.start <= start && start < arm.end)
  return found === -1 ? undefined : found
}

export const isCondition = ({ expectation }: Site, key: string): boolean =>
  expectation.kind === 'condition' && expectation.key === key

const plus = (known: Known, more: Known): Known => (more.size === 0 ? known : new Set([...known, ...more]))
