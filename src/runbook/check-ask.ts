import type { AskStep } from '../domain/runbook.js'
import { headSpan, type MapNode, nodeAt } from '../source/node.js'
import { type Draft, report } from './draft.js'

/** One choice is recommended, and every choice can change something. */
export const checkAsk = (draft: Draft, node: MapNode, step: AskStep): void => {
  const [, second] = step.choices.filter(({ recommended }) => recommended)
  if (second) {
    report(draft, spanOf(node, [second.key, 'recommended']), {
      rule: 'two-recommended',
      message: 'another choice is recommended already',
      suggestion: 'recommend one; it is what `--auto` takes',
    })
  } else if (!step.choices.some(({ recommended }) => recommended)) {
    report(draft, spanOf(node, []), {
      rule: 'no-recommended-choice',
      severity: 'warning',
      message: 'no choice is recommended, so a drill cannot play this step by itself',
      suggestion: 'add recommended: true to one of them',
    })
  }
  reportSame(draft, node, step)
}

/** Two choices that lead the same way ask for nothing, unless a later expression looks at the answer. */
const reportSame = (draft: Draft, node: MapNode, { id, choices }: AskStep): void => {
  const inside = draft.block.byId.has(id) ? `steps.${id}` : `.${id}` // from outside a block, by a longer path
  const looked = draft.sites.some(({ expression }) => expression.includes(inside))
  if (looked) return
  const seen = new Map<string, string>()
  for (const { key, goto, end, run, reset } of choices) {
    const way = JSON.stringify([goto, end, run, reset])
    const same = seen.get(way)
    if (same !== undefined) {
      const message = `\`${key}\` leads where \`${same}\` leads, and no expression looks at the answer`
      report(draft, spanOf(node, [key]), {
        rule: 'choice-changes-nothing',
        severity: 'warning',
        message,
        suggestion: 'let it lead elsewhere, or leave it out',
      })
    }
    seen.set(way, same ?? key)
  }
}

const spanOf = (node: MapNode, path: readonly string[]) => headSpan(nodeAt(node, ['choices', ...path]) ?? node)
