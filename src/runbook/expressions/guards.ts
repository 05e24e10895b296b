import type { ASTNode } from '@marcbachmann/cel-js'
import { callOf, childrenOf, namesOf, textLiteral } from './ast.js'

type Ids = ReadonlySet<string>

/** A step's output in an expression (`steps.x`, without what follows), or its outcome (`outcome("x")`). */
export type Use = { readonly id: string; readonly node: ASTNode; readonly of: 'output' | 'outcome' }

const NONE: Ids = new Set()

/** The outputs and outcomes that an expression needs, those left out that it asks for first with `has` and the like. */
export const usesOf = (node: ASTNode, known: Ids = NONE): readonly Use[] => {
  const use = useOf(node)
  if (use) return isKnown(known, use) ? [] : [use]
  if (node.op === '&&' || node.op === '||') {
    // CEL looks at both sides in any order: what one side fails on does not matter where the other decides.
    const [left, right] = node.args
    const truth = node.op === '&&'
    return [
      ...usesOf(left, union(known, knownWhen(right, truth))),
      ...usesOf(right, union(known, knownWhen(left, truth))),
    ]
  }
  if (node.op === '?:') {
    const [test, then, otherwise] = node.args
    return [
      ...usesOf(test, known),
      ...usesOf(then, union(known, knownWhen(test, true))),
      ...usesOf(otherwise, union(known, knownWhen(test, false))),
    ]
  }
  return askedFor(node) === undefined ? childrenOf(node).flatMap(child => usesOf(child, known)) : []
}

/** What is known where a condition is true, or where it is false; for `isKnown`. */
export const knownWhen = (node: ASTNode | undefined, truth: boolean): Ids => {
  if (node === undefined) return NONE
  if (node.op === '!_') return knownWhen(node.args, !truth)
  if (node.op === '&&' || node.op === '||') {
    const [left, right] = node.args.map(side => knownWhen(side, truth))
    const both = (node.op === '&&') === truth
    return both ? union(left, right) : new Set([...(left ?? [])].filter(id => right?.has(id)))
  }
  const id = truth ? (askedFor(node) ?? visited(node)) : notMissed(node)
  if (id !== undefined) return new Set([id])
  const judged = truth ? succeeded(node) : undefined
  return judged === undefined ? NONE : new Set([byOutcome(judged)])
}

/** Is the use safe where those are known? */
export const isKnown = (known: Ids, { id, of }: Pick<Use, 'id' | 'of'>): boolean =>
  known.has(id) || (of === 'output' && known.has(byOutcome(id)))

/** Known by its outcome, which itself fails where there is none: it makes no other look at the outcome safe. */
const byOutcome = (id: string): string => `outcome ${id}`

/** `has(steps.x)`. Not `has(steps.x.y)`: that itself fails where there is no `steps.x`. */
const askedFor = (node: ASTNode): string | undefined => {
  const call = callOf(node)
  const [argument] = call?.name === 'has' ? call.args : []
  return argument && stepOf(argument)
}

/** `visits("x") > 0`, `>= 1`, `!= 0`, and the same the other way round. */
const visited = (node: ASTNode): string | undefined => {
  const compared = comparison(node)
  if (compared?.call !== 'visits') return undefined
  const { op, id, value } = compared
  const least = op === '>' ? 0 : op === '>=' ? 1 : undefined
  if (least !== undefined) return Number(value) >= least ? id : undefined
  if (op === '!=') return Number(value) === 0 ? id : undefined
  return op === '==' && Number(value) > 0 ? id : undefined
}

/** `visits("x") == 0`, which is false where it was visited. */
const notMissed = (node: ASTNode): string | undefined => {
  const compared = comparison(node)
  if (compared?.call !== 'visits' || Number(compared.value) > 1) return undefined
  const { op, id, value } = compared
  return (op === '==' && Number(value) === 0) || (op === '<' && Number(value) === 1) ? id : undefined
}

/** Outcomes that come with an output: of a check, of an action. */
const WITH_OUTPUT: ReadonlySet<unknown> = new Set(['passed', 'failed', 'applied'])

/** `outcome("x") == "passed"`. A failed check has seen something; a failed action may have nothing to show. */
const succeeded = (node: ASTNode): string | undefined => {
  const compared = comparison(node)
  const fits = compared?.call === 'outcome' && compared.op === '==' && WITH_OUTPUT.has(compared.value)
  return fits ? compared.id : undefined
}

const MIRRORED: { readonly [op: string]: string } = { '<': '>', '>': '<', '<=': '>=', '>=': '<=' }

type Comparison = {
  readonly op: string
  readonly call: string
  readonly id: string
  readonly value: unknown
}

/** A function of a step's id compared with a literal, the function on the left. */
const comparison = (node: ASTNode): Comparison | undefined => {
  if (!COMPARISONS.has(node.op)) return undefined
  const [left, right] = childrenOf(node)
  if (left === undefined || right === undefined) return undefined
  const [asked, literal, op] =
    right.op === 'value' ? [left, right, node.op] : [right, left, MIRRORED[node.op] ?? node.op]
  const call = callOf(asked)
  const id = textLiteral(call?.args[0])
  if (!call || id === undefined || literal.op !== 'value') return undefined
  return { op, call: call.name, id, value: literal.args }
}

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>='])

const useOf = (node: ASTNode): Use | undefined => {
  const output = stepOf(node)
  if (output !== undefined) return { id: output, node, of: 'output' }
  const call = callOf(node)
  const outcome = call?.name === 'outcome' ? textLiteral(call.args[0]) : undefined
  return outcome === undefined ? undefined : { id: outcome, node, of: 'outcome' }
}

/** The step of `steps.x` or `steps["x"]`. */
const stepOf = (node: ASTNode): string | undefined => {
  if (node.op === '[]') {
    const [left, key] = node.args
    return left.op === 'id' && left.args === 'steps' ? textLiteral(key) : undefined
  }
  const names = namesOf(node)
  return names?.length === 2 && names[0] === 'steps' ? names[1] : undefined
}

const union = (a: Ids | undefined, b: Ids | undefined): Ids => new Set([...(a ?? []), ...(b ?? [])])
