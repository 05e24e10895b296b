import { entryOf } from '../../source/node.js'
import type { Whole } from '../check-authoring.js'
import { report } from '../draft.js'

/** An `on_failure` beside `expect: true`: such a check passes, or cannot tell. Nothing else is proven never to fail. */
export const checkDeadFailures = ({ draft, rows, trees }: Whole): void => {
  for (const { step, node, sites } of rows) {
    const written = entryOf(node, 'on_failure')
    if (step.kind !== 'check' || written === undefined) continue
    const site = sites.find(({ expectation: it }) => it.kind === 'condition' && it.key === 'expect')
    const tree = site && trees.get(site)
    if (tree?.op !== 'value' || tree.args !== true) continue
    report(draft, written.keySpan, {
      rule: 'on-failure-never',
      severity: 'warning',
      message: 'this check cannot fail: its `expect` is always true',
      suggestion: 'let `expect` look at `result`, or delete `on_failure`',
    })
  }
}
