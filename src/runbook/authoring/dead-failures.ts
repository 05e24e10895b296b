import { entryOf } from '../../source/node.js'
import { report } from '../draft.js'
import type { Whole } from '../whole.js'
import { isCondition } from './proofs.js'

/**
 * An `on_failure` beside `expect: true` or `until: true`: such a check passes, or cannot tell, and such a wait is
 * over at once. Nothing else is proven never to fail.
 */
export const checkDeadFailures = ({ draft, views, trees }: Whole): void => {
  for (const { step, node, sites } of [...views.values()].flatMap(({ rows }) => rows)) {
    const written = entryOf(node, 'on_failure')
    const key = step.kind === 'check' ? 'expect' : step.kind === 'wait' ? 'until' : undefined
    if (key === undefined || written === undefined) continue
    const site = sites.find(one => isCondition(one, key))
    const tree = site && trees.get(site)
    if (tree?.op !== 'value' || tree.args !== true) continue
    report(draft, written.keySpan, {
      rule: 'on-failure-never',
      severity: 'warning',
      message: `this ${step.kind} cannot fail: its \`${key}\` is always true`,
      suggestion: `let \`${key}\` look at ${key === 'expect' ? '`result`' : 'something'}, or delete \`on_failure\``,
    })
  }
}
