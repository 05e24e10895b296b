import { STEP_KIND, type StepKind } from '../domain/runbook.js'
import { oneOf } from '../source/explain-issue.js'
import { didYouMean } from '../source/nearest.js'
import { headSpan, type MapEntry, type MapNode } from '../source/node.js'
import { type Draft, report } from './draft.js'
import { STEP_SCHEMAS } from './schema.js'

export const KINDS = Object.values(STEP_KIND)

/** Every key that any kind of step has. */
const STEP_KEYS: ReadonlySet<string> = new Set(
  Object.values(STEP_SCHEMAS).flatMap(({ shape }) => Object.keys(shape)),
)

/** The one kind of a step; undefined, and reported, where it has none or two. */
export const findKind = (draft: Draft, node: MapNode): StepKind | undefined => {
  const [first, second] = node.entries.filter(({ key }) => isKind(key))
  if (!first) return reportNoKind(draft, node)
  if (second) return reportTwoKinds(draft, first, second)
  return isKind(first.key) ? first.key : undefined
}

const isKind = (key: string): key is StepKind => Object.hasOwn(STEP_KIND, key)

const reportNoKind = (draft: Draft, node: MapNode): undefined => {
  const unknown = node.entries.filter(({ key }) => !STEP_KEYS.has(key))
  const misspelt = unknown.find(({ key }) => didYouMean(key, KINDS) !== undefined) ?? unknown[0]
  if (!misspelt) {
    return report(draft, headSpan(node), {
      rule: 'missing-kind',
      message: 'this step does nothing: it has no kind',
      suggestion: `give it one of ${oneOf(KINDS)}`,
    })
  }
  const suggestion = didYouMean(misspelt.key, KINDS) ?? `a step is one of ${oneOf(KINDS)}`
  return report(draft, misspelt.keySpan, {
    rule: 'unknown-kind',
    message: `\`${misspelt.key}\` is no kind of step`,
    suggestion,
  })
}

const reportTwoKinds = (draft: Draft, first: MapEntry, second: MapEntry): undefined =>
  report(draft, second.keySpan, {
    rule: 'two-kinds',
    message: `\`${first.key}\` and \`${second.key}\` are both kinds of step, and a step has one`,
    suggestion: `make a step of its own for \`${second.key}\``,
  })
