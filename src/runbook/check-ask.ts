import { VERB } from '../domain/question.js'
import type { AskStep } from '../domain/runbook.js'
import { entryOf, headSpan, type MapNode, nodeAt } from '../source/node.js'
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
  checkNames(draft, node, step)
  reportSame(draft, node, step)
}

/** Two choices that lead the same way ask for nothing, unless a later expression looks at the answer. */
const reportSame = (draft: Draft, node: MapNode, { id, choices }: AskStep): void => {
  const inside = draft.block.byId.has(id) ? `steps.${id}` : `.${id}` // from outside a block, by a longer path
  const looked = draft.sites.some(({ expression }) => expression.includes(inside))
  if (looked) return
  const seen = new Map<string, string>()
  for (const { key, goto, end, run, reset, posture } of choices) {
    const way = JSON.stringify([goto, end, run, reset, posture])
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

/** A choice is taken by typing its name, and in whatever case. */
const checkNames = (draft: Draft, node: MapNode, { choices }: AskStep): void => {
  const seen = new Map<string, string>()
  for (const { key } of choices) {
    const typed = key.toLowerCase()
    const same = seen.get(typed)
    const at = entryOf(nodeAt(node, ['choices']), key)?.keySpan ?? headSpan(node)
    if (!/^[\w-]+$/.test(key))
      report(draft, at, {
        rule: 'choice-name',
        message: `\`${key}\` is no word that an operator can type to choose it`,
        suggestion: 'write letters, digits, _ and - only, and the rest in its `label`',
      })
    else if (same !== undefined)
      report(draft, at, {
        rule: 'choice-name',
        message: `\`${key}\` and \`${same}\` are the same word to whoever types one of them`,
        suggestion: `choose another, such as \`${typed}_2\``,
      })
    else if (Object.hasOwn(TYPED, typed))
      report(draft, at, {
        rule: 'choice-hides-verb',
        severity: 'warning',
        message: `with a choice \`${key}\`, nobody can type \`${typed}\` to ${TYPED[typed]} here`,
        suggestion: `choose another name, such as \`${typed}_it\``,
      })
    seen.set(typed, same ?? key)
  }
}

/** What an operator can type at a question besides a choice, and what it does. */
const TYPED: { readonly [word: string]: string } = {
  [VERB.skip]: 'skip the step',
  [VERB.retry]: 'do the step again',
  [VERB.jump]: 'go to another step',
  [VERB.undo]: 'take back what was done',
  [VERB.override]: 'override a guardrail',
  [VERB.note]: 'write a note',
  [VERB.did]: 'record a change made by hand',
  [VERB.escalate]: 'call somebody',
  [VERB.posture]: 'change the posture',
  [VERB.pause]: 'pause the incident',
  [VERB.abort]: 'abort the incident',
  x: 'see the commands',
}

const spanOf = (node: MapNode, path: readonly string[]) => headSpan(nodeAt(node, ['choices', ...path]) ?? node)
