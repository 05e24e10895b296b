import { blockWords } from './block.js'
import { type Draft, report, type StepDraft } from './draft.js'
import { canFinish, exitsOf, reachable } from './flow.js'
import { checkHotLoops } from './hot-loop.js'
import type { View } from './whole.js'

/** Every step of a block is come to, and every way through it ends: at an `end`, or inside a step at its last one. */
export const checkFlow = (draft: Draft, { block, rows, ways }: View): void => {
  const flow = exitsOf(ways)
  const reached = reachable(flow)
  const finishing = canFinish(flow)
  checkHotLoops(draft, { rows, ways, reached })
  let stuck = false
  for (const [place, row] of rows.entries()) {
    if (!reached.has(place)) reportUnreachable(draft, row)
    else if (flow[place]?.includes('off') && !block.owner) reportOff(draft, row)
    else if (!finishing.has(place) && !stuck) {
      stuck = true // one is enough: all steps of the circle are alike
      reportStuck(draft, row)
    }
  }
}

const reportUnreachable = (draft: Draft, { idSpan }: StepDraft): void =>
  report(draft, idSpan, {
    rule: 'unreachable-step',
    severity: 'warning',
    message: 'no step leads here',
    suggestion: 'delete it, or let a `goto` lead to it',
  })

const reportOff = (draft: Draft, { idSpan, step }: StepDraft): void => {
  const when = step?.when === undefined ? 'After this step' : 'When this step is skipped'
  report(draft, idSpan, {
    rule: 'falls-off-the-end',
    message: `${when} nothing follows, and the incident has no stated end`,
    suggestion: 'add a last step with end: resolved, mitigated or unresolved',
  })
}

const reportStuck = (draft: Draft, { idSpan, block: { owner } }: StepDraft): void =>
  report(draft, idSpan, {
    rule: 'never-ends',
    message: owner
      ? `from here no way leads out of ${blockWords(owner)}`
      : 'from here no way leads to an `end`',
    suggestion: 'let a choice, a branch or a limit lead out of the circle',
  })
