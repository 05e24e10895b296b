import { nodeAt } from '../../source/node.js'
import { type Draft, report, type StepDraft } from '../draft.js'
import { suggestName } from '../names.js'

/** Clusters that are written out and that the fleet does not have: the step would fail in the middle of an incident. */
export const checkClusters = (draft: Draft, steps: readonly StepDraft[]): void => {
  const { clusters, checks, actions } = draft.catalogue
  if (clusters === undefined) return
  for (const { node, kind, uses } of steps) {
    const entry = uses === undefined ? undefined : kind === 'check' ? checks[uses] : actions[uses]
    const given = nodeAt(node, ['with', 'cluster'])
    if (!entry || !Object.hasOwn(entry.input.shape, 'cluster') || given?.kind !== 'scalar') continue
    const { value } = given
    if (typeof value !== 'string' || value.includes('${{') || clusters.includes(value)) continue
    report(draft, given, {
      rule: 'unknown-cluster',
      message: `the fleet file has no cluster \`${value}\``,
      suggestion: suggestName(value, clusters, 'clusters'),
    })
  }
}
