import type { BranchStep, Jump } from '../../domain/runbook.js'
import { entryOf } from '../../source/node.js'
import { report } from '../draft.js'
import type { Row, View, Whole } from '../whole.js'

/** Branches whose entries, two or more, all lead to the same place. */
export const checkBranches = (whole: Whole): void => {
  for (const view of whole.views.values()) {
    for (const [place, row] of view.rows.entries()) {
      const { step } = row
      if (step.kind === 'branch' && step.branch.length > 1) checkBranch(whole, view, place, { ...row, step })
    }
  }
}

const checkBranch = (
  { draft }: Whole,
  { rows, ways }: View,
  place: number,
  { step, node, idSpan }: Row & { step: BranchStep },
): void => {
  const arms = (ways[place] ?? []).filter(({ arm }) => arm !== undefined)
  const targets = new Set(arms.map(({ to, arm }) => (to === 'end' ? endWords(step.branch[arm ?? 0]) : to)))
  if (targets.size !== 1) return
  const [to] = targets
  const where = typeof to === 'number' ? `\`${rows[to]?.id}\`` : to === 'off' ? 'the end of these steps' : to
  report(draft, entryOf(node, 'branch')?.keySpan ?? idSpan, {
    rule: 'branch-changes-nothing',
    severity: 'warning',
    message: `every entry of this branch leads to ${where}`,
    suggestion: 'let one lead elsewhere, or delete the branch',
  })
}

/** Ends differ by what they state, and runbooks that are handed over to by what they are given. */
const endWords = ({ end, run }: Jump = {}): string => {
  if (run === undefined) return `the end, ${end}`
  const given = Object.keys(run.with).length > 0 ? `, with ${JSON.stringify(run.with)}` : ''
  return `the runbook \`${run.runbook}\`${given}`
}
