import type { ASTNode } from '@marcbachmann/cel-js'
import type { StepOutcome } from '../../domain/event.js'
import { POSTURE } from '../../domain/mode.js'
import type { StepKind } from '../../domain/runbook.js'
import { type Block, visibleStep } from '../block.js'
import { aStep, suggestName } from '../names.js'
import { callOf, namesOf, textLiteral } from './ast.js'
import type { Problem } from './problem.js'

/** Words in `==`, `!=` and `in` that the other side can never be: the comparison would be false, or true, for ever. */
export const checkWords = (block: Block, node: ASTNode): readonly Problem[] => {
  if (node.op !== '==' && node.op !== '!=' && node.op !== 'in') return []
  const [left, right] = node.args
  const pairs =
    node.op === 'in'
      ? (right.op === 'list' ? right.args : []).map(item => [left, item] as const)
      : [[left, right] as const, [right, left] as const]
  return pairs.flatMap(([value, literal]) => {
    const word = textLiteral(literal)
    const known = word === undefined ? undefined : wordsOf(block, value)
    return word === undefined || known === undefined || known.words.includes(word)
      ? []
      : [
          {
            rule: 'expression-unknown-word',
            node: literal,
            message: `${known.what} is never "${word}"`,
            suggestion: suggestName(word, known.words, 'words'),
          },
        ]
  })
}

type Words = { readonly what: string; readonly words: readonly string[] }

/** All that a value can be, where that is known. */
const wordsOf = (block: Block, node: ASTNode): Words | undefined => {
  const call = callOf(node)
  if (call?.name === 'outcome') return outcomeWords(block, textLiteral(call.args[0]))
  const name = namesOf(node)?.join('.') ?? ''
  const words = Object.hasOwn(WORDS_OF, name) ? WORDS_OF[name] : undefined
  return words && { what: `\`${name}\``, words }
}

export const WORDS = {
  posture: Object.values(POSTURE),
  'mode.fleet': ['real', 'simulated'],
  'mode.effects': ['applied', 'withheld'],
} as const
const WORDS_OF: { readonly [name: string]: readonly string[] } = WORDS

/** An unknown step is reported by itself. */
const outcomeWords = (block: Block, id: string | undefined): Words | undefined => {
  const kind = id === undefined ? undefined : visibleStep(block, id)?.kind
  if (kind === undefined) return undefined
  return { what: `the outcome of ${aStep(kind)}`, words: outcomesOf(kind) }
}

const outcomesOf = (kind: StepKind): readonly string[] =>
  Object.entries(OUTCOMES).flatMap(([word, kinds]) => (kinds === 'all' || kinds.includes(kind) ? [word] : []))

/**
 * Every outcome, with the kinds of step that have it where it is plain that no other does. A wait has passed where
 * it could not tell and the operator says so.
 */
const OUTCOMES: { readonly [word in StepOutcome]: 'all' | readonly StepKind[] } = {
  passed: ['check', 'wait'],
  failed: 'all',
  inconclusive: 'all',
  applied: ['action'],
  declined: 'all',
  refused: 'all',
  unchanged: 'all',
  undone: 'all',
  'would-change': 'all',
  answered: ['ask'],
  done: 'all',
  skipped: 'all',
}
