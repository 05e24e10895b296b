import { entryOf } from '../../source/node.js'
import type { Whole } from '../check-authoring.js'
import { report } from '../draft.js'

/** Branches whose entries, two or more, all lead to the same place. */
export const checkBranches = ({ draft, rows, ways }: Whole): void => {
  for (const [place, { step, node, idSpan }] of rows.entries()) {
    if (step.kind !== 'branch' || step.branch.length < 2) continue
    const arms = (ways[place] ?? []).filter(({ arm }) => arm !== undefined)
    // Ends differ by what they state.
    const targets = new Set(arms.map(({ to, arm }) => (to === 'end' ? step.branch[arm ?? 0]?.end : to)))
    if (targets.size !== 1) continue
    const [to] = targets
    const where = typeof to === 'number' ? `\`${rows[to]?.id}\`` : `the end, ${to}`
    report(draft, entryOf(node, 'branch')?.keySpan ?? idSpan, {
      rule: 'branch-changes-nothing',
      severity: 'warning',
      message: `every entry of this branch leads to ${where}`,
      suggestion: 'let one lead elsewhere, or delete the branch',
    })
  }
}
